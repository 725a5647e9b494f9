package org.treffmeet.treff.share

import android.content.Intent
import org.treffmeet.treff.camera.Extent
import org.treffmeet.treff.core.DeviceProblem

/** That the person agreed to show something, in the system's own words. Good for one time. */
class Consent(val result: Int, val data: Intent)

/** What the phone does for a shared screen. Its answers come on the main thread. */
interface Projector {
    /** Captures for [handle] what the person agreed to. */
    fun begin(handle: ULong, consent: Consent, told: Told)

    /** Whether its pictures go to an encoder. */
    fun watch(handle: ULong, watched: Boolean)

    /** Ends that. */
    fun end(handle: ULong)

    /** What is told of a captured screen. */
    interface Told {
        /** Its pictures have this size. */
        fun resized(size: Extent)

        /** It gives nothing more. */
        fun ended(problem: DeviceProblem)
    }
}

/** What the core is told of its screens. */
interface Audience {
    fun resized(handle: ULong, size: Extent)
    fun ended(handle: ULong, problem: DeviceProblem)
}

/**
 * The way to a shared screen and back: the core wants one, the person is asked, the service says that it is shown, and only
 * then it is captured. In: the core's wishes, the person's answers, what becomes of the capture. Out: questions, orders to the
 * projector, and what the core is told. Everything on the main thread.
 */
class Sharing(private val projector: Projector, private val core: Audience) {
    /** Asks the person a question of that number; false if the system has no such question. The window sets it. */
    var asker: ((Int) -> Boolean)? = null

    /** Says to the system that the app shows the screen, or no longer. When it returns the system knows. */
    var announce: (Boolean) -> Unit = {}

    private var current: Show? = null
    private var questions = 0

    /** A screen from when the core wants it until it does not, or there is none. */
    private inner class Show(val handle: ULong, val question: Int) : Projector.Told {
        var agreed = false

        override fun resized(size: Extent) {
            if (current === this) core.resized(handle, size)
        }

        override fun ended(problem: DeviceProblem) {
            if (current !== this) return
            stop(this)
            core.ended(handle, problem)
        }
    }

    /** The core wants a screen. */
    fun ask(handle: ULong) {
        current?.let(::stop)
        questions = questions % MOST + 1
        val wanted = Show(handle, questions)
        current = wanted
        val ask = asker
        // Whoever has left the window meanwhile is not asked out of nowhere.
        if (ask == null) wanted.ended(DeviceProblem.REFUSED)
        else if (!ask(wanted.question)) wanted.ended(DeviceProblem.MISSING)
    }

    /** The person answered; nothing means no. */
    fun answered(question: Int, consent: Consent?) {
        val now = current?.takeIf { it.question == question && !it.agreed } ?: return
        if (consent == null) {
            now.ended(DeviceProblem.REFUSED)
            return
        }
        now.agreed = true
        // Android 14 wants to know in this order: agreed, said, shown.
        announce(true)
        projector.begin(now.handle, consent, now)
    }

    fun watch(handle: ULong, watched: Boolean) {
        if (current?.handle == handle) projector.watch(handle, watched)
    }

    /** The core wants it no longer. */
    fun close(handle: ULong) {
        current?.takeIf { it.handle == handle }?.let(::stop)
    }

    private fun stop(show: Show) {
        current = null
        if (!show.agreed) return
        projector.end(show.handle)
        announce(false)
    }

    private companion object {
        /** Questions have numbers up to this: they travel as the system's request codes. */
        const val MOST = 1_000
    }
}
