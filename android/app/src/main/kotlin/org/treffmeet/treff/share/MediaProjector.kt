package org.treffmeet.treff.share

import android.content.Context
import android.graphics.Point
import android.hardware.display.DisplayManager
import android.hardware.display.VirtualDisplay
import android.media.projection.MediaProjection
import android.media.projection.MediaProjectionManager
import android.os.Build
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.util.Log
import android.view.Display
import org.treffmeet.treff.camera.Extent
import org.treffmeet.treff.core.DeviceProblem

/** MediaProjection: the screen or one app of it, captured on a thread of its own. The sound of other apps is not. */
class MediaProjector(private val context: Context) : Projector {
    private val manager = context.getSystemService(MediaProjectionManager::class.java)
    private val displays = context.getSystemService(DisplayManager::class.java)
    private val main = Handler(Looper.getMainLooper())
    private val thread: Handler by lazy { Handler(HandlerThread("treff-screen").apply { start() }.looper) }
    private var current: Capture? = null

    override fun begin(handle: ULong, consent: Consent, told: Projector.Told) {
        thread.post {
            current?.end()
            current = Capture(handle, told).apply { begin(consent) }
        }
    }

    override fun watch(handle: ULong, watched: Boolean) {
        thread.post { current?.takeIf { it.handle == handle }?.watch(watched) }
    }

    override fun end(handle: ULong) {
        thread.post {
            current?.takeIf { it.handle == handle }?.end()
        }
    }

    /** What a person agreed to show, for as long as it is shown. Everything on the screen's thread. */
    private inner class Capture(val handle: ULong, private val told: Projector.Told) : MediaProjection.Callback(), DisplayManager.DisplayListener {
        private var projection: MediaProjection? = null
        private var display: VirtualDisplay? = null
        private var drawing: Drawing? = null
        private var size = Fit.size(whole())
        private val dots get() = context.resources.configuration.densityDpi

        fun begin(consent: Consent) {
            val agreed = projection(consent)
            projection = agreed
            // Android 14 refuses a display before somebody listens, and a second one ever.
            agreed?.registerCallback(this, thread)
            // From Android 14 on the callback tells, which also knows the size of a single app.
            if (Build.VERSION.SDK_INT < Build.VERSION_CODES.UPSIDE_DOWN_CAKE) displays.registerDisplayListener(this, thread)
            // Without a Surface nothing is captured until somebody watches.
            display = agreed?.let { trying { it.createVirtualDisplay("Treff", size.width, size.height, dots, DisplayManager.VIRTUAL_DISPLAY_FLAG_AUTO_MIRROR, null, null, null) } }
            val first = size
            if (display == null) fail(DeviceProblem.FAILED) else tell { resized(first) }
        }

        private fun projection(consent: Consent): MediaProjection? = trying { manager.getMediaProjection(consent.result, consent.data) }

        /** The system may have changed its mind, or never heard of the service. */
        private fun <T> trying(what: () -> T?): T? = try {
            what()
        } catch (refused: SecurityException) {
            Log.w(TAG, "The screen cannot be captured: ${refused.message}.")
            null
        } catch (refused: IllegalStateException) {
            Log.w(TAG, "The screen cannot be captured: ${refused.message}.")
            null
        }

        fun watch(watched: Boolean) {
            if (watched == (drawing != null) || display == null) return
            if (!watched) {
                display?.surface = null
                drawing?.close()
                drawing = null
                return
            }
            val made = Drawing.make(handle, size, thread) { fail(DeviceProblem.FAILED) }
            drawing = made
            if (made == null) fail(DeviceProblem.FAILED) else display?.surface = made.surface
        }

        /** Stopped by the person from the system's own mark, by a locked screen, or by another app that shares. */
        override fun onStop() = fail(DeviceProblem.REFUSED)

        override fun onCapturedContentResize(width: Int, height: Int) = resize(Extent(width, height))

        override fun onDisplayChanged(id: Int) {
            if (id == Display.DEFAULT_DISPLAY) resize(whole())
        }

        override fun onDisplayAdded(id: Int) = Unit

        override fun onDisplayRemoved(id: Int) = Unit

        private fun whole(): Extent = Point().let { point ->
            @Suppress("DEPRECATION") // The newer way needs a window.
            displays.getDisplay(Display.DEFAULT_DISPLAY)?.getRealSize(point)
            Extent(point.x, point.y)
        }

        private fun resize(screen: Extent) {
            val fits = Fit.size(screen)
            if (fits == size || display == null) return
            size = fits
            display?.resize(fits.width, fits.height, dots)
            drawing?.resize(fits)
            tell { resized(fits) }
        }

        private fun fail(problem: DeviceProblem) {
            end()
            tell { ended(problem) }
        }

        private fun tell(what: Projector.Told.() -> Unit) {
            main.post { told.what() }
        }

        fun end() {
            if (current === this) current = null
            watch(false)
            displays.unregisterDisplayListener(this)
            display?.release()
            display = null
            projection?.unregisterCallback(this)
            projection?.stop()
            projection = null
        }
    }

    private companion object {
        const val TAG = "Treff"
    }
}
