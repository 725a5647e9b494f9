package org.treffmeet.treff.camera

import android.graphics.SurfaceTexture
import android.os.Handler
import android.util.Log
import android.view.Surface
import org.treffmeet.treff.core.Surfaces

/**
 * Draws each picture of the camera wherever it is wanted: on own pictures and on the Surfaces of the encoders that are
 * due. The camera feeds one Surface only, for many phones cannot feed a screen and three encoders. Everything on the
 * camera's thread.
 */
class FanOut(private val thread: Handler, private val quarters: () -> Int, private val broken: () -> Unit) {
    /** Own pictures are shown as in a mirror. */
    var mirrored = true

    /** The camera that captures, by the core's handle, and whether its pictures are encoded. */
    var source: () -> Triple<ULong, Facts, Boolean>? = { null }

    private var stage: Stage? = null
    private val mirrors = mutableMapOf<Surface, Painter.Canvas?>()

    /** What there is while a camera captures. */
    private class Stage(val painter: Painter, val texture: SurfaceTexture, val surface: Surface) {
        val encoders = arrayOfNulls<Painter.Canvas>(ENCODINGS)
        val matrix = FloatArray(16)
        var handle: ULong? = null
    }

    /** The Surface that [camera] is to capture on; nothing if the phone's graphics do not work. */
    fun begin(camera: Facts): Surface? {
        end()
        val painter = Painter.make() ?: return null
        val texture = SurfaceTexture(painter.texture)
        texture.setDefaultBufferSize(camera.size.width, camera.size.height)
        val made = Stage(painter, texture, Surface(texture))
        texture.setOnFrameAvailableListener({ if (stage === made) draw(made) }, thread)
        stage = made
        return made.surface
    }

    /** The camera is closed. */
    fun end() {
        val over = stage ?: return
        stage = null
        for (mirror in mirrors.keys.toList()) {
            mirrors[mirror]?.let(over.painter::leave)
            mirrors[mirror] = null
        }
        over.encoders.forEach { canvas -> canvas?.let(over.painter::leave) }
        over.texture.setOnFrameAvailableListener(null)
        over.surface.release()
        over.texture.release()
        over.painter.close()
    }

    /** Anew for one that is known and has another size now. */
    fun show(on: Surface) {
        mirrors[on]?.let { canvas -> stage?.painter?.leave(canvas) }
        mirrors[on] = null
    }

    /** When this returns nothing draws there any more. */
    fun hide(from: Surface) {
        mirrors.remove(from)?.let { canvas -> stage?.painter?.leave(canvas) }
    }

    val mirrorsShown: Int get() = mirrors.size

    private fun draw(stage: Stage) {
        try {
            stage.painter.rest()
            stage.texture.updateTexImage()
        } catch (lost: IllegalStateException) {
            Log.w(TAG, "The camera's pictures cannot be drawn: ${lost.message}.")
            broken()
            return
        }
        val (handle, camera, encoded) = source() ?: return
        stage.texture.getTransformMatrix(stage.matrix)
        val turn = quarters()
        val picture = Upright.size(camera, turn)
        // The texture of a camera that looks at the person is mirrored already.
        val mirrorFlips = camera.front != (camera.front && mirrored)
        for (surface in mirrors.keys.toList()) {
            val canvas = mirrors[surface] ?: stage.painter.enter(surface).also { mirrors[surface] = it } ?: continue
            stage.painter.paint(canvas, Upright.place(stage.matrix, picture, canvas.size, turn, mirrorFlips), null)
        }
        if (encoded) encode(stage, handle, picture) { size -> Upright.place(stage.matrix, picture, size, turn, camera.front) }
    }

    private fun encode(stage: Stage, handle: ULong, picture: Extent, place: (Extent) -> FloatArray) {
        val taken = stage.texture.timestamp
        val due = Surfaces.due(handle.toLong(), taken, picture.width, picture.height)
        val another = stage.handle != handle
        stage.handle = handle
        for (encoding in 0 until ENCODINGS) {
            if (another || due and (CHANGED shl encoding) != 0) {
                stage.encoders[encoding]?.let(stage.painter::leave)
                val surface = Surfaces.encoder(handle.toLong(), encoding)
                stage.encoders[encoding] = surface?.let(stage.painter::enter)
            }
            if (due and (1 shl encoding) == 0) continue
            val canvas = stage.encoders[encoding] ?: continue
            stage.painter.paint(canvas, place(canvas.size), taken)
        }
    }

    private companion object {
        const val TAG = "Treff"

        /** As many as the core has. */
        const val ENCODINGS = 3

        /** See [Surfaces.due]. */
        const val CHANGED = 1 shl 8
    }
}
