package org.treffmeet.treff.camera

import android.content.Context
import android.graphics.SurfaceTexture
import android.view.Surface
import android.view.TextureView
import org.treffmeet.treff.ui.shown

/** The own picture, filling this view; [came] is called when its first picture is there. */
class OwnPictureView(context: Context, private val pictures: OwnPicture, private val came: () -> Unit) : TextureView(context), TextureView.SurfaceTextureListener {
    private var surface: Surface? = null

    /** A picture is on it. */
    var filled = false
        private set

    init {
        surfaceTextureListener = this
        // Until a picture is there, what lies behind is seen.
        isOpaque = false
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        shown = false
    }

    /** Whether it is to be seen; while it is not, nothing is drawn for it. */
    fun show(wanted: Boolean) {
        if (wanted == shown) return
        shown = wanted
        filled = false
        surface?.let { if (wanted) pictures.show(it) else pictures.hide(it) }
    }

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) {
        surface = Surface(texture).also { if (shown) pictures.show(it) }
    }

    /** The picture is drawn for a size. */
    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) {
        surface?.takeIf { shown }?.let(pictures::show)
    }

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        surface?.let {
            if (shown) pictures.hide(it)
            it.release()
        }
        surface = null
        filled = false
        return true
    }

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) {
        if (filled || !shown) return
        filled = true
        came()
    }
}
