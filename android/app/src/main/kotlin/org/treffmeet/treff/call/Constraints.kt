package org.treffmeet.treff.call

import org.treffmeet.treff.core.Layout
import org.treffmeet.treff.core.Tile

/** A visible source: how high its whole picture is on screen, in pixels. */
data class Wanted(val source: String, val height: Float, val onStage: Boolean)

/**
 * What the core is asked to receive: heights in steps, more at once, less only when it has been less for a while, so
 * that turning the phone or a passing speaker does not make the bridge switch to and fro. Times in milliseconds.
 */
class Constraints {
    private class Asked(var step: Int, var onStage: Boolean, var lessSince: Long? = null)

    private val asked = sortedMapOf<String, Asked>()
    private var sent: Layout? = null

    /** The layout to send, if it changed; [wanted] is null while nothing can be seen. */
    fun update(now: Long, wanted: List<Wanted>?): Layout? {
        if (wanted == null) {
            asked.clear()
            return changed(Layout.Nothing)
        }
        val wantedBySource = wanted.associateBy { it.source }
        val gone = asked.filter { (source, asked) -> source !in wantedBySource && asked.lingered(now) }.keys
        gone.toList().forEach(asked::remove)
        for (want in wanted) {
            val step = step(want.height)
            val known = asked.getOrPut(want.source) { Asked(step, want.onStage) }
            known.onStage = want.onStage
            val less = step < known.step && want.height < STEPS[known.step - 1] * STRETCH * MARGIN
            if (step > known.step) known.step = step
            if (less && known.lingered(now)) known.step = step
            if (!less || step == known.step) known.lessSince = null
        }
        return changed(Layout.Tiles(asked.map { (source, asked) -> Tile(source, STEPS[asked.step], asked.onStage) }))
    }

    private fun Asked.lingered(now: Long): Boolean {
        val since = lessSince ?: now.also { lessSince = it }
        return now - since >= LINGER_MS
    }

    private fun changed(layout: Layout): Layout? {
        if (layout == sent) return null
        sent = layout
        return layout
    }

    private fun step(height: Float) = STEPS.indexOfFirst { it * STRETCH >= height }.let { if (it < 0) STEPS.lastIndex else it }

    private companion object {
        val STEPS = intArrayOf(180, 360, 720, 1080, 2160)

        /** A picture may be enlarged by so much before the next step is asked for. */
        const val STRETCH = 1.25f

        /** A size must be so far below a step before the step is given up. */
        const val MARGIN = 0.9f
        const val LINGER_MS = 1500L
    }
}
