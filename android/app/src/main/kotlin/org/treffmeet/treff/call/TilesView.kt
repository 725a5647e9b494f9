package org.treffmeet.treff.call

import android.content.Context
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import org.treffmeet.treff.R
import org.treffmeet.treff.camera.OwnPicture
import org.treffmeet.treff.ui.asButton
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.text

/** Puts the tiles where the presenter wants them. A tile keeps its view, and so its picture, for as long as it is there. */
class TilesView(context: Context, private val ownPicture: OwnPicture, private val tap: (Subject?) -> Unit, private val pin: (Subject) -> Unit, private val people: () -> Unit) : ViewGroup(context) {
    private val tiles = linkedMapOf<Subject, TileView>()
    private var boxes = mapOf<View, Box>()
    private val more = context.text("", semibold = true).apply {
        gravity = Gravity.CENTER
        background = context.pressable(context.shape(R.color.call_tile, R.dimen.radius_card))
        asButton()
        setOnClickListener { people() }
    }

    /** Called with the room in dp whenever it changes. */
    var onRoom: (Size) -> Unit = {}

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        setOnClickListener { tap(null) }
    }

    fun show(states: List<TileState>, rest: Pair<Int, Box>?) {
        val subjects = states.map { it.subject }.toSet()
        tiles.entries.removeAll { (subject, view) -> (subject !in subjects).also { if (it) removeView(view) } }
        val placed = linkedMapOf<View, Box>()
        for (state in states) {
            val view = tiles.getOrPut(state.subject) { TileView(context, ownPicture.takeIf { state.subject == Subject.Me }, { tap(state.subject) }) { pin(state.subject) }.also(::addView) }
            view.show(state)
            placed[view] = state.box
            if (state.stand == Stand.FLOATING) view.bringToFront()
        }
        if (rest == null) removeView(more) else {
            more.text = context.getString(R.string.and_more, rest.first.toString())
            if (more.parent == null) addView(more)
            placed[more] = rest.second
        }
        if (placed != boxes) {
            boxes = placed
            requestLayout()
        }
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        setMeasuredDimension(MeasureSpec.getSize(widthSpec), MeasureSpec.getSize(heightSpec))
        for ((view, box) in boxes) {
            view.measure(
                MeasureSpec.makeMeasureSpec(context.dp(box.width), MeasureSpec.EXACTLY),
                MeasureSpec.makeMeasureSpec(context.dp(box.height), MeasureSpec.EXACTLY),
            )
        }
    }

    override fun onSizeChanged(width: Int, height: Int, oldWidth: Int, oldHeight: Int) {
        val density = resources.displayMetrics.density
        onRoom(Size(width / density, height / density))
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        for ((view, box) in boxes) {
            val x = context.dp(box.x)
            val y = context.dp(box.y)
            view.layout(x, y, x + view.measuredWidth, y + view.measuredHeight)
        }
    }
}
