package org.treffmeet.treff.share

import android.os.Handler
import android.os.Looper
import org.treffmeet.treff.camera.Extent
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Screens
import org.treffmeet.treff.core.captureEnded
import org.treffmeet.treff.core.screenResized

/** Carries the core's wishes for a screen to the main thread. */
class PhoneScreens(private val sharing: Sharing) : Screens {
    private val main = Handler(Looper.getMainLooper())

    override fun ask(handle: ULong) = tell { ask(handle) }

    override fun watched(handle: ULong, watched: Boolean) = tell { watch(handle, watched) }

    override fun close(handle: ULong) = tell { close(handle) }

    private fun tell(what: Sharing.() -> Unit) {
        main.post { sharing.what() }
    }
}

/** The core, told of its screens. */
object CoreAudience : Audience {
    override fun resized(handle: ULong, size: Extent) = screenResized(handle, size.width.toUShort(), size.height.toUShort())

    override fun ended(handle: ULong, problem: DeviceProblem) = captureEnded(handle, problem)
}
