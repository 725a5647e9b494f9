package org.treffmeet.treff.camera

import android.graphics.SurfaceTexture
import android.os.Handler
import android.util.Log
import android.view.Surface
import org.treffmeet.treff.core.Surfaces

/**
 * Where the pictures of a camera or a screen come in, as one texture, and the way from there to the Surfaces of the core's
 * encoders. Everything on the thread that made it.
 */
class Stage private constructor(val painter: Painter, size: Extent) {
    private val texture = SurfaceTexture(painter.texture)
    private val encoders = arrayOfNulls<Painter.Canvas>(ENCODINGS)
    private var source: ULong? = null

    /** What captures draws here. */
    val surface = Surface(texture)

    /** Leads to the picture in the texture. */
    val matrix = FloatArray(16)

    /** When the picture was taken, in nanoseconds of its own clock. */
    val taken: Long get() = texture.timestamp

    init {
        resize(size)
    }

    /** Pictures that come have this size. */
    fun resize(size: Extent) = texture.setDefaultBufferSize(size.width, size.height)

    /** Calls [come] on [thread] for each picture. */
    fun listen(thread: Handler, come: () -> Unit) = texture.setOnFrameAvailableListener({ come() }, thread)

    /** Takes the newest picture up; false when the phone's graphics are lost. */
    fun take(): Boolean = try {
        painter.rest()
        texture.updateTexImage()
        texture.getTransformMatrix(matrix)
        true
    } catch (lost: IllegalStateException) {
        Log.w(TAG, "Pictures cannot be drawn: ${lost.message}.")
        false
    }

    /** Draws the picture of [handle], upright of the size [picture], for the encoders that are due; [place] for each one's size. */
    fun encode(handle: ULong, picture: Extent, taken: Long, place: (Extent) -> FloatArray) {
        val due = Surfaces.due(handle.toLong(), taken, picture.width, picture.height)
        val another = source != handle
        source = handle
        for (encoding in 0 until ENCODINGS) {
            if (another || due and (CHANGED shl encoding) != 0) {
                encoders[encoding]?.let(painter::leave)
                val surface = Surfaces.encoder(handle.toLong(), encoding)
                encoders[encoding] = surface?.let(painter::enter)
            }
            if (due and (1 shl encoding) == 0) continue
            val canvas = encoders[encoding] ?: continue
            painter.paint(canvas, place(canvas.size), taken)
        }
    }

    fun close() {
        encoders.forEach { canvas -> canvas?.let(painter::leave) }
        texture.setOnFrameAvailableListener(null)
        surface.release()
        texture.release()
        painter.close()
    }

    companion object {
        private const val TAG = "Treff"

        /** As many as the core has. */
        private const val ENCODINGS = 3

        /** See [Surfaces.due]. */
        private const val CHANGED = 1 shl 8

        /** For pictures of this size; nothing if the phone's graphics do not work. */
        fun make(size: Extent): Stage? = Painter.make()?.let { Stage(it, size) }
    }
}
