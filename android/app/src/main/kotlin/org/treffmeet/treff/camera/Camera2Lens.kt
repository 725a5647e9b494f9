package org.treffmeet.treff.camera

import android.annotation.SuppressLint
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CameraMetadata
import android.hardware.camera2.CaptureRequest
import android.os.Handler
import android.util.Log
import android.util.Range
import android.view.Surface
import org.treffmeet.treff.core.DeviceProblem

/** Camera2, capturing onto the one Surface that [canvas] makes for a camera. Everything on the camera's thread. */
class Camera2Lens(private val manager: CameraManager, private val thread: Handler, private val canvas: (Facts) -> Surface?) : Lens {
    private var current: Opening? = null

    // The permission was looked at when the core opened the camera; without it there is an exception.
    @SuppressLint("MissingPermission")
    override fun open(camera: Facts, told: Lens.Told) {
        val opening = Opening(camera, told)
        current = opening
        try {
            manager.openCamera(camera.id, opening, thread)
        } catch (refused: CameraAccessException) {
            opening.fail(problem(refused))
        } catch (_: SecurityException) {
            opening.fail(DeviceProblem.REFUSED)
        } catch (_: IllegalArgumentException) {
            opening.fail(DeviceProblem.MISSING)
        }
    }

    override fun close() {
        val opening = current
        current = null
        opening?.giveUp()
    }

    /** A camera from when it is asked for until it is closed. */
    private inner class Opening(private val camera: Facts, private val told: Lens.Told) : CameraDevice.StateCallback() {
        private var device: CameraDevice? = null
        private var unwanted = false
        private var over = false

        /** One that is still on its way closes as soon as it is there. */
        fun giveUp() {
            unwanted = true
            if (device != null) end()
        }

        fun fail(problem: DeviceProblem) {
            if (over) return
            told.failed(problem)
            end()
        }

        private fun end() {
            if (over) return
            over = true
            device?.close()
            told.closed()
        }

        override fun onOpened(opened: CameraDevice) {
            device = opened
            if (unwanted) end() else trying { begin(opened) }
        }

        private fun begin(opened: CameraDevice) {
            val surface = canvas(camera)
            if (surface == null) {
                fail(DeviceProblem.FAILED)
                return
            }
            val session = object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    if (!over) trying { session.setRepeatingRequest(request(opened, surface), null, thread) }
                }

                override fun onConfigureFailed(session: CameraCaptureSession) = fail(DeviceProblem.FAILED)
            }
            @Suppress("DEPRECATION") // The newer call came with API 28.
            opened.createCaptureSession(listOf(surface), session, thread)
        }

        /** A camera can go away between any two calls. */
        private fun trying(what: () -> Unit) = try {
            what()
        } catch (refused: CameraAccessException) {
            fail(problem(refused))
        } catch (_: IllegalStateException) {
            fail(DeviceProblem.FAILED)
        } catch (_: IllegalArgumentException) {
            fail(DeviceProblem.FAILED)
        }

        override fun onDisconnected(opened: CameraDevice) {
            device = opened
            fail(DeviceProblem.BUSY)
        }

        override fun onError(opened: CameraDevice, error: Int) {
            Log.w(TAG, "The camera says error $error.")
            device = opened
            fail(problemOf(error))
        }
    }

    private fun request(opened: CameraDevice, surface: Surface): CaptureRequest {
        val facts = manager.getCameraCharacteristics(opened.id)
        return opened.createCaptureRequest(CameraDevice.TEMPLATE_RECORD).apply {
            addTarget(surface)
            val paces = facts.get(CameraCharacteristics.CONTROL_AE_AVAILABLE_TARGET_FPS_RANGES).orEmpty().map { it.lower to it.upper }
            Choice.pace(paces)?.let { (from, to) -> set(CaptureRequest.CONTROL_AE_TARGET_FPS_RANGE, Range(from, to)) }
            val focus = facts.get(CameraCharacteristics.CONTROL_AF_AVAILABLE_MODES) ?: intArrayOf()
            if (CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_VIDEO in focus) set(CaptureRequest.CONTROL_AF_MODE, CameraMetadata.CONTROL_AF_MODE_CONTINUOUS_VIDEO)
        }.build()
    }

    companion object {
        private const val TAG = "Treff"

        fun problemOf(error: Int): DeviceProblem = when (error) {
            CameraDevice.StateCallback.ERROR_CAMERA_IN_USE, CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE -> DeviceProblem.BUSY
            CameraDevice.StateCallback.ERROR_CAMERA_DISABLED -> DeviceProblem.REFUSED
            else -> DeviceProblem.FAILED
        }

        fun problem(refused: CameraAccessException): DeviceProblem = when (refused.reason) {
            CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE -> DeviceProblem.BUSY
            CameraAccessException.CAMERA_DISABLED -> DeviceProblem.REFUSED
            else -> DeviceProblem.FAILED
        }
    }
}
