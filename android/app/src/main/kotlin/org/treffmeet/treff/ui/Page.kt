package org.treffmeet.treff.ui

import android.content.Context
import android.graphics.Rect
import android.os.Build
import android.view.Gravity
import android.view.View
import android.view.WindowInsets
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.ScrollView
import org.treffmeet.treff.NewerPlatform
import org.treffmeet.treff.R

/** What the system covers: bars, the keyboard, a camera's hole. */
fun WindowInsets.covered(): Rect {
    val bars = Rect(systemWindowInsetLeft, systemWindowInsetTop, systemWindowInsetRight, systemWindowInsetBottom)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) bars.include(this)
    return bars
}

@NewerPlatform
private fun Rect.include(insets: WindowInsets) {
    val hole = insets.displayCutout ?: return
    left = maxOf(left, hole.safeInsetLeft)
    top = maxOf(top, hole.safeInsetTop)
    right = maxOf(right, hole.safeInsetRight)
    bottom = maxOf(bottom, hole.safeInsetBottom)
}

/** Calls [covered] with what the system covers, now and whenever that changes. */
fun View.onCovered(covered: (Rect) -> Unit) = setOnApplyWindowInsetsListener { _, insets ->
    covered(insets.covered())
    insets
}

/** A screen that scrolls: one column, not too wide, with a title and a way back. */
open class Page(context: Context, title: CharSequence?, back: (() -> Unit)?) : FrameLayout(context) {
    val lines = context.column()
    private val head = context.row()
    private val scroll = ScrollView(context)

    init {
        setBackgroundColor(context.colour(R.color.background))
        isFocusableInTouchMode = true
        val margin = context.size(if (context.wide) R.dimen.size_margin_wide else R.dimen.size_margin_phone)
        lines.setPadding(margin, context.size(R.dimen.space_tight), margin, margin)
        back?.let { head.after(context.iconButton(R.drawable.ic_back, context.getString(R.string.back), press = it)) }
        title?.let { head.after(context.heading(it, R.dimen.type_title), start = if (back == null) 0 else context.size(R.dimen.space_tight), width = 0, weight = 1f) }
        if (back != null || title != null) lines.below(head)
        val middle = Middle(context).apply { addView(lines) }
        scroll.apply {
            isFillViewport = true
            clipToPadding = false
            addView(middle)
        }
        fill(scroll)
        onCovered { scroll.setPadding(it.left, it.top, it.right, it.bottom) }
    }

    /** The title, where it is known only later. */
    fun title(words: CharSequence) {
        (head.getChildAt(head.childCount - 1) as? android.widget.TextView)?.let { if (it.text != words) it.text = words }
    }

    /** Adds a line with the usual space before it. */
    fun <V : View> add(view: V, space: Int = R.dimen.space_base): V = lines.below(view, context.size(space))

    /** Adds a line that is as wide as its words. */
    fun <V : View> addSmall(view: V, space: Int = R.dimen.space_tight): V =
        lines.below(view, context.size(space), width = LinearLayout.LayoutParams.WRAP_CONTENT)
}

/** Holds one view in the middle, no wider than a column should be. */
private class Middle(context: Context) : FrameLayout(context) {
    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val widest = context.size(R.dimen.size_column)
        val width = MeasureSpec.getSize(widthSpec)
        val child = getChildAt(0)
        val params = child.layoutParams as LayoutParams
        params.width = minOf(width, widest)
        params.gravity = Gravity.CENTER_HORIZONTAL
        super.onMeasure(widthSpec, heightSpec)
    }
}
