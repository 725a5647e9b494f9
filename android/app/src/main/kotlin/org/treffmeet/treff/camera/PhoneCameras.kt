package org.treffmeet.treff.camera

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.hardware.display.DisplayManager
import android.os.Handler
import android.os.HandlerThread
import android.util.Log
import android.view.Display
import android.view.Surface
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import org.treffmeet.treff.core.Cameras
import org.treffmeet.treff.core.CaptureRefused
import org.treffmeet.treff.core.PhoneCamera
import org.treffmeet.treff.core.captureEnded

/** Where the own picture is shown. */
interface OwnPicture {
    /** Shows it on [on] while a camera is open. */
    fun show(on: Surface)

    /** For `onSurfaceTextureDestroyed`: when this returns nothing draws there any more. */
    fun hide(from: Surface)

    /** Whether it is shown as in a mirror. */
    fun mirrored(wanted: Boolean)
}

/** The phone's cameras, as the core opens them and as the own picture shows them, on a thread of their own. */
class PhoneCameras(private val context: Context) : Cameras, OwnPicture {
    private val manager = context.getSystemService(CameraManager::class.java)
    private val known: List<Facts> by lazy { Choice.cameras(found()) }
    private val thread: Handler by lazy { Handler(HandlerThread("treff-camera").apply { start() }.looper) }
    private val display: Display? = context.getSystemService(DisplayManager::class.java).getDisplay(Display.DEFAULT_DISPLAY)
    private val fan: FanOut by lazy { FanOut(thread, { display?.rotation ?: 0 }) { keeper.broke() }.also { it.source = ::source } }
    private val keeper: Keeper by lazy { Keeper(known, Closing(Camera2Lens(manager, thread) { fan.begin(it) }), ::captureEnded) }

    private fun source(): Triple<ULong, Facts, Boolean>? = keeper.capturing?.let { (handle, camera) -> Triple(handle, camera, keeper.watched) }

    /** Takes the canvas away when the camera is closed. */
    private inner class Closing(private val lens: Lens) : Lens by lens {
        override fun open(camera: Facts, told: Lens.Told) = lens.open(camera, object : Lens.Told by told {
            override fun closed() {
                fan.end()
                told.closed()
            }
        })
    }

    /** For the core's configuration. */
    val list: List<PhoneCamera> get() = known.map { PhoneCamera(it.id, minOf(it.size.width, it.size.height).toUShort()) }

    private fun found(): List<Facts> = try {
        manager.cameraIdList.mapNotNull(::facts)
    } catch (refused: CameraAccessException) {
        Log.w(TAG, "The cameras cannot be listed: reason ${refused.reason}.")
        emptyList()
    } catch (_: IllegalArgumentException) {
        // One was unplugged while it was looked at.
        emptyList()
    }

    private fun facts(id: String): Facts? {
        val said = manager.getCameraCharacteristics(id)
        val sizes = said.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)?.getOutputSizes(SurfaceTexture::class.java).orEmpty()
        val size = Choice.size(sizes.map { Extent(it.width, it.height) }) ?: return null
        val front = said.get(CameraCharacteristics.LENS_FACING) == CameraMetadata.LENS_FACING_FRONT
        return Facts(id, front, said.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0, size)
    }

    override fun open(handle: ULong, id: String) {
        if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) throw CaptureRefused.NotAllowed()
        thread.post { keeper.open(handle, id) }
    }

    override fun watched(handle: ULong, watched: Boolean) {
        thread.post { keeper.watch(handle, watched) }
    }

    override fun close(handle: ULong) {
        thread.post { keeper.close(handle) }
    }

    override fun show(on: Surface) {
        thread.post {
            fan.show(on)
            keeper.mirrors = fan.mirrorsShown
        }
    }

    override fun hide(from: Surface) {
        val gone = CountDownLatch(1)
        thread.post {
            fan.hide(from)
            keeper.mirrors = fan.mirrorsShown
            gone.countDown()
        }
        if (!gone.await(LETTING_GO_MS, TimeUnit.MILLISECONDS)) Log.e(TAG, "The own picture does not let go of its Surface.")
    }

    override fun mirrored(wanted: Boolean) {
        if (wanted != lastMirrored) thread.post { fan.mirrored = wanted }
        lastMirrored = wanted
    }

    private var lastMirrored = true

    private companion object {
        const val TAG = "Treff"

        /** How long the main thread waits for a picture that is being drawn. */
        const val LETTING_GO_MS = 500L
    }
}
