package org.treffmeet.treff.call

import android.content.Context
import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.view.Gravity
import android.view.Surface
import android.view.TextureView
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import kotlin.math.max
import kotlin.math.min
import org.treffmeet.treff.R
import org.treffmeet.treff.camera.OwnPicture
import org.treffmeet.treff.camera.OwnPictureView
import org.treffmeet.treff.core.Surfaces
import org.treffmeet.treff.ui.Avatar
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.fill
import org.treffmeet.treff.ui.icon
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.style
import org.treffmeet.treff.ui.tapDoes
import org.treffmeet.treff.ui.text

/** Somebody in the call: their picture or initials, their name, and marks that never rest on colour alone. */
class TileView(context: Context, ownPicture: OwnPicture?, private val tap: () -> Unit, private val pin: () -> Unit) : FrameLayout(context) {
    private val avatar = Avatar(context)
    private val picture = Picture(context)
    private val own = ownPicture?.let { OwnPictureView(context, it) { avatar.shown = false } }
    private val label = LinearLayout(context)
    private val muted = mark(R.drawable.ic_mic_off, R.color.call_on_label)
    private val hand = mark(R.drawable.ic_hand, R.color.speaking)
    private val kept = mark(R.drawable.ic_pin, R.color.call_on_label)
    private val name = context.text("")
    private val ring = context.shape(null, R.dimen.radius_card, R.color.speaking, RING_DP)
    private val still = context.shape(R.color.call_tile, R.dimen.radius_card)
    private val above = context.shape(R.color.call_control, R.dimen.radius_card)
    private val edge = context.shape(null, R.dimen.radius_card, R.color.outline_control)
    private var last: TileState? = null

    init {
        background = still
        clipToOutline = true
        fill(picture)
        own?.let { fill(it) }
        fill(avatar, gravity = Gravity.CENTER)
        label.apply {
            gravity = Gravity.CENTER_VERTICAL
            background = context.shape(R.color.call_label, R.dimen.radius_label)
            val edge = context.size(R.dimen.space_hair)
            setPadding(edge * 2, edge, edge * 2, edge)
            name.style(R.dimen.type_small, R.color.call_on_label, semibold = false)
            name.maxLines = 1
            name.ellipsize = android.text.TextUtils.TruncateAt.END
            for (mark in listOf(muted, hand, kept)) after(mark, width = context.size(R.dimen.size_icon_small), height = context.size(R.dimen.size_icon_small))
            after(name)
        }
        fill(label, LayoutParams.WRAP_CONTENT, LayoutParams.WRAP_CONTENT, Gravity.BOTTOM or Gravity.START)
        val edge = context.size(R.dimen.space_tight)
        (label.layoutParams as LayoutParams).setMargins(edge, edge, edge, edge)
        label.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
        setOnClickListener { tap() }
        setOnLongClickListener {
            pin()
            true
        }
    }

    private fun mark(icon: Int, tint: Int) = ImageView(context).apply {
        setImageDrawable(context.icon(icon, context.colour(tint)))
        setPadding(0, 0, context.dp(2f), 0)
    }

    fun show(state: TileState) {
        if (state == last) return
        if (state.initials != last?.initials || state.colour != last?.colour) avatar.show(state.initials, state.colour)
        last = state
        picture.show(state.source, state.aspect, state.contain)
        own?.show(state.own)
        avatar.shown = if (state.own) own?.filled != true else state.source == null || state.aspect == null
        name.text = state.name.read(context)
        muted.shown = state.muted
        hand.shown = state.hand
        kept.shown = state.pinned
        // What lies over another tile must not melt into it.
        background = if (state.stand == Stand.FLOATING) above else still
        foreground = if (state.speaking) ring else edge.takeIf { state.stand == Stand.FLOATING }
        contentDescription = state.spoken.joinToString(", ") { it.read(context) }
        tapDoes(context.getString(if (state.pinned) R.string.unpin else R.string.pin))
        requestLayout()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val side = (min(MeasureSpec.getSize(widthSpec), MeasureSpec.getSize(heightSpec)) * AVATAR_SHARE).toInt()
        (avatar.layoutParams as LayoutParams).apply {
            width = min(side, context.dp(AVATAR_MOST_DP))
            height = width
        }
        super.onMeasure(widthSpec, heightSpec)
    }

    private companion object {
        const val RING_DP = 4f
        const val AVATAR_SHARE = 0.45f
        const val AVATAR_MOST_DP = 144f
    }
}

/** A source's pictures: the core's decoder draws on this view's Surface. */
private class Picture(context: Context) : TextureView(context), TextureView.SurfaceTextureListener {
    private var source: String? = null
    private var aspect: Float? = null
    private var contain = false
    private var attached: Pair<String, Long>? = null
    private var surface: Surface? = null

    init {
        surfaceTextureListener = this
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        shown = false
    }

    fun show(source: String?, aspect: Float?, contain: Boolean) {
        if (source != this.source) {
            detach()
            this.source = source
            attach()
        }
        this.aspect = aspect
        this.contain = contain
        // It must be there for the first picture to come; until then the initials stand over it.
        shown = source != null
        shape()
    }

    private fun attach() {
        val wanted = source ?: return
        val canvas = surface ?: return
        attached = wanted to Surfaces.attach(wanted, canvas)
    }

    private fun detach() {
        attached?.let { (source, token) -> Surfaces.detach(source, token) }
        attached = null
    }

    /** The decoder stretches pictures over the whole Surface; this brings their shape back. */
    private fun shape() {
        val aspect = aspect ?: return
        if (width == 0 || height == 0) return
        val tile = width.toFloat() / height
        val ratio = aspect / tile
        // To fill, the shorter side is enlarged; to contain, the longer one shrinks.
        val (x, y) = if (contain) min(ratio, 1f) to min(1 / ratio, 1f) else max(ratio, 1f) to max(1 / ratio, 1f)
        setTransform(Matrix().apply { setScale(x, y, width / 2f, height / 2f) })
    }

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) {
        surface = Surface(texture)
        attach()
        shape()
    }

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = shape()

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        detach()
        surface?.release()
        surface = null
        return true
    }

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit
}
