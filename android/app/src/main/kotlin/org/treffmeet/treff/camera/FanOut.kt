package org.treffmeet.treff.camera

import android.os.Handler
import android.view.Surface

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

    /** What there is while a camera captures. */
    private var stage: Stage? = null
    private val mirrors = mutableMapOf<Surface, Painter.Canvas?>()

    /** The Surface that [camera] is to capture on; nothing if the phone's graphics do not work. */
    fun begin(camera: Facts): Surface? {
        end()
        val made = Stage.make(camera.size) ?: return null
        made.listen(thread) { if (stage === made) draw(made) }
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
        over.close()
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
        if (!stage.take()) {
            broken()
            return
        }
        val (handle, camera, encoded) = source() ?: return
        val turn = quarters()
        val picture = Upright.size(camera, turn)
        // The texture of a camera that looks at the person is mirrored already.
        val mirrorFlips = camera.front != (camera.front && mirrored)
        for (surface in mirrors.keys.toList()) {
            val canvas = mirrors[surface] ?: stage.painter.enter(surface).also { mirrors[surface] = it } ?: continue
            stage.painter.paint(canvas, Upright.place(stage.matrix, picture, canvas.size, turn, mirrorFlips), null)
        }
        if (encoded) stage.encode(handle, picture, stage.taken) { size -> Upright.place(stage.matrix, picture, size, turn, camera.front) }
    }
}
