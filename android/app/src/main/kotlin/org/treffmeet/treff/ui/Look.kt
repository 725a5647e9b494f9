package org.treffmeet.treff.ui

import android.content.Context
import android.content.res.ColorStateList
import android.content.res.Configuration
import android.graphics.Typeface
import android.graphics.drawable.Drawable
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.os.Build
import android.util.TypedValue
import android.view.ContextThemeWrapper
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.TextView
import org.treffmeet.treff.NewerPlatform
import org.treffmeet.treff.R

/** Sizes, colours, type and shapes from the tokens, for the views that are built in code. */
fun Context.dp(value: Float): Int = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_DIP, value, resources.displayMetrics).toInt()

fun Context.size(id: Int): Int = resources.getDimensionPixelSize(id)

fun Context.colour(id: Int): Int = when (id) {
    // The theme says which accent it is.
    R.color.accent -> ofTheme(android.R.attr.colorAccent)
    R.color.on_accent -> ofTheme(R.attr.onAccent)
    else -> getColor(id)
}

private fun Context.ofTheme(attribute: Int): Int = TypedValue().also { theme.resolveAttribute(attribute, it, true) }.data

fun Context.icon(id: Int, tint: Int): Drawable = checkNotNull(getDrawable(id)) { "an icon of our own" }.mutate().apply { setTint(tint) }

/** The same context, dark: the call is always, for faces are the picture. */
fun Context.dark(): Context {
    val night = Configuration(resources.configuration)
    night.uiMode = night.uiMode and Configuration.UI_MODE_NIGHT_MASK.inv() or Configuration.UI_MODE_NIGHT_YES
    return ContextThemeWrapper(this, Wallpaper.style(this)).apply { applyOverrideConfiguration(night) }
}

val Context.typeScale: Float get() = resources.configuration.fontScale

/** From here on there is room for a column beside the pictures. */
val Context.wide: Boolean get() = resources.configuration.screenWidthDp >= WIDE_FROM_DP

private const val WIDE_FROM_DP = 720

private val SEMIBOLD: Typeface by lazy {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) weight(SEMIBOLD_WEIGHT) else Typeface.DEFAULT_BOLD
}

private const val SEMIBOLD_WEIGHT = 600

@NewerPlatform
private fun weight(weight: Int) = Typeface.create(Typeface.DEFAULT, weight, false)

/** A line of text in one of the tokens' sizes. */
fun Context.text(words: CharSequence, size: Int = R.dimen.type_body, colour: Int = R.color.text, semibold: Boolean = false) = TextView(this).apply {
    text = words
    style(size, colour, semibold)
}

fun TextView.style(size: Int, colour: Int, semibold: Boolean) {
    setTextSize(TypedValue.COMPLEX_UNIT_PX, resources.getDimension(size))
    setTextColor(context.colour(colour))
    typeface = if (semibold) SEMIBOLD else Typeface.DEFAULT
    hyphenationFrequency = android.text.Layout.HYPHENATION_FREQUENCY_NORMAL
}

fun Context.heading(words: CharSequence, size: Int = R.dimen.type_title) = text(words, size, semibold = true).apply { asHeading() }

fun View.asHeading() {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) setHeading()
}

@NewerPlatform
private fun View.setHeading() {
    isAccessibilityHeading = true
}

/** A rounded shape. */
fun Context.shape(fill: Int?, radius: Int, outline: Int? = null, stroke: Float = 1f) = GradientDrawable().apply {
    cornerRadius = size(radius).toFloat()
    fill?.let { setColor(colour(it)) }
    outline?.let { setStroke(dp(stroke), colour(it)) }
}

/** [shape], answering to a finger. */
fun Context.pressable(shape: Drawable?, mask: Drawable? = shape): Drawable {
    val press = TypedValue().also { theme.resolveAttribute(android.R.attr.colorControlHighlight, it, true) }.data
    return RippleDrawable(ColorStateList.valueOf(press), shape, mask ?: GradientDrawable().apply { setColor(-1) })
}

fun Context.column(build: LinearLayout.() -> Unit = {}) = LinearLayout(this).apply {
    orientation = LinearLayout.VERTICAL
    build()
}

fun Context.row(build: LinearLayout.() -> Unit = {}) = LinearLayout(this).apply {
    orientation = LinearLayout.HORIZONTAL
    gravity = android.view.Gravity.CENTER_VERTICAL
    isBaselineAligned = false
    build()
}

/** Adds a view below the others. */
fun <V : View> LinearLayout.below(view: V, top: Int = 0, width: Int = MATCH_PARENT, height: Int = WRAP_CONTENT, weight: Float = 0f): V {
    addView(view, LinearLayout.LayoutParams(width, height, weight).apply { topMargin = top })
    return view
}

/** Adds a view after the others. */
fun <V : View> LinearLayout.after(view: V, start: Int = 0, width: Int = WRAP_CONTENT, height: Int = WRAP_CONTENT, weight: Float = 0f): V {
    addView(view, LinearLayout.LayoutParams(width, height, weight).apply { marginStart = start })
    return view
}

fun <V : View> FrameLayout.fill(view: V, width: Int = MATCH_PARENT, height: Int = MATCH_PARENT, gravity: Int = android.view.Gravity.NO_GRAVITY): V {
    addView(view, FrameLayout.LayoutParams(width, height, gravity))
    return view
}

var View.shown: Boolean
    get() = visibility == View.VISIBLE
    set(value) {
        visibility = if (value) View.VISIBLE else View.GONE
    }

/** Shows [words], or nothing; sets nothing that stands there already, so that a screen reader is not woken. */
fun TextView.say(words: Words?) {
    val now = words?.read(context)
    shown = now != null
    if (now != null && text.toString() != now) text = now
}

/** Brings the children in line with [rows], touching only those that differ. */
fun <T> ViewGroup.follow(rows: List<T>, make: (T) -> View) {
    while (childCount > rows.size) removeViewAt(childCount - 1)
    rows.forEachIndexed { index, row ->
        val old = getChildAt(index)
        if (old?.getTag(R.id.row) == row) return@forEachIndexed
        val focused = old?.hasFocus() == true
        if (old != null) removeViewAt(index)
        val view = make(row).apply { setTag(R.id.row, row) }
        addView(view, index)
        if (focused) view.requestFocus()
    }
}
