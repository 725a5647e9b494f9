package org.treffmeet.treff.share

import android.os.Handler
import android.os.SystemClock
import android.view.Surface
import org.treffmeet.treff.camera.Extent
import org.treffmeet.treff.camera.Stage
import org.treffmeet.treff.camera.Upright

/**
 * Draws a screen for its encoder: what changes, and the last picture again and again while nothing does, for a still screen
 * gives none, and whoever joins needs a whole one. Everything on the screen's thread.
 */
class Drawing private constructor(private val handle: ULong, private val stage: Stage, private var size: Extent, private val thread: Handler, private val broken: () -> Unit) {
    private var fresh = false
    private var drawn = 0L
    private val next = Runnable(::draw)

    /** What captures draws here. */
    val surface: Surface get() = stage.surface

    init {
        stage.listen(thread, ::come)
    }

    fun resize(size: Extent) {
        this.size = size
        stage.resize(size)
    }

    private fun come() {
        fresh = true
        drawAt(drawn + LEAST_MS)
    }

    private fun drawAt(moment: Long) {
        thread.removeCallbacks(next)
        thread.postAtTime(next, moment)
    }

    private fun draw() {
        if (fresh && !stage.take()) {
            broken()
            return
        }
        fresh = false
        drawn = SystemClock.uptimeMillis()
        // One clock for what is new and what is drawn again.
        stage.encode(handle, size, System.nanoTime()) { target -> Upright.place(stage.matrix, size, target, 0, flip = false) }
        drawAt(drawn + STILL_MS)
    }

    fun close() {
        thread.removeCallbacks(next)
        stage.close()
    }

    companion object {
        /** Nobody wants pictures faster than this. */
        private const val LEAST_MS = 50L

        /** After this a picture is drawn again. */
        private const val STILL_MS = 200L

        /** Nothing if the phone's graphics do not work. */
        fun make(handle: ULong, size: Extent, thread: Handler, broken: () -> Unit): Drawing? =
            Stage.make(size)?.let { Drawing(handle, it, size, thread, broken) }
    }
}
