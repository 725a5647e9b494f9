package org.treffmeet.treff.camera

import org.treffmeet.treff.core.DeviceProblem

/** The phone's camera hardware, one at a time. Its answers come on the camera's thread. */
interface Lens {
    /** Opens a camera and lets it capture. */
    fun open(camera: Facts, told: Told)

    /** Ends that; [Told.closed] follows. */
    fun close()

    /** What a camera says of itself. */
    interface Told {
        fun closed()

        /** It gives nothing more; [closed] follows. */
        fun failed(problem: DeviceProblem)
    }
}

/**
 * Which camera captures, and when: the one the core has open, while somebody watches it or the own picture is on screen.
 * In: the core's wishes, own pictures that come and go, the lens. Out: orders to the lens, and the end told to the core.
 * Everything on the camera's thread.
 */
class Keeper(private val cameras: List<Facts>, private val lens: Lens, private val ended: (ULong, DeviceProblem) -> Unit) {
    private var wanted: Wanted? = null
    private var running: Running? = null

    private class Wanted(val handle: ULong, val camera: Facts, var watched: Boolean = false)

    /** A camera that the lens has, until it is closed. */
    private class Running(val handle: ULong, var closing: Boolean = false)

    /** How many own pictures are on screen. */
    var mirrors = 0
        set(value) {
            field = value
            follow()
        }

    /** The camera that captures now, and for whom. */
    var capturing: Pair<ULong, Facts>? = null
        private set

    /** Whether pictures go to encoders. */
    val watched: Boolean get() = wanted?.watched == true

    fun open(handle: ULong, id: String) {
        val camera = cameras.find { it.id == id }
        if (camera == null) {
            ended(handle, DeviceProblem.MISSING)
            return
        }
        wanted = Wanted(handle, camera)
        follow()
    }

    fun watch(handle: ULong, watched: Boolean) {
        wanted?.takeIf { it.handle == handle }?.watched = watched
        follow()
    }

    fun close(handle: ULong) {
        if (wanted?.handle == handle) wanted = null
        follow()
    }

    /** What draws the pictures cannot. */
    fun broke() {
        val now = running?.takeUnless { it.closing } ?: return
        forget(now.handle, DeviceProblem.FAILED)
        now.closing = true
        capturing = null
        lens.close()
    }

    /** Tried again only when the core opens it again. */
    private fun forget(handle: ULong, problem: DeviceProblem) {
        if (wanted?.handle == handle) wanted = null
        ended(handle, problem)
    }

    private fun follow() {
        val wish = wanted?.takeIf { it.watched || mirrors > 0 }
        val now = running
        if (now != null) {
            // One camera at a time: the next one opens when this one is closed.
            if (now.handle != wish?.handle && !now.closing) {
                now.closing = true
                capturing = null
                lens.close()
            }
            return
        }
        if (wish == null) return
        running = Running(wish.handle)
        capturing = wish.handle to wish.camera
        lens.open(wish.camera, Answers(wish.handle))
    }

    private inner class Answers(private val handle: ULong) : Lens.Told {
        override fun closed() {
            if (running?.handle != handle) return
            running = null
            capturing = null
            follow()
        }

        override fun failed(problem: DeviceProblem) {
            val now = running?.takeIf { it.handle == handle && !it.closing } ?: return
            now.closing = true
            capturing = null
            forget(handle, problem)
        }
    }
}
