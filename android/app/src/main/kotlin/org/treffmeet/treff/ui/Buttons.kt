package org.treffmeet.treff.ui

import android.content.Context
import android.view.Gravity
import android.view.View
import android.widget.Button
import android.widget.ImageButton
import org.treffmeet.treff.R

/** How much weight a button has. */
enum class Weight { MAIN, SECOND, QUIET, DANGER }

/** A full-width button with a verb on it. */
fun Context.button(words: CharSequence, weight: Weight = Weight.MAIN, icon: Int? = null, press: () -> Unit): Button {
    val (fill, ink) = when (weight) {
        Weight.MAIN -> R.color.accent to R.color.on_accent
        Weight.SECOND -> null to R.color.accent
        Weight.QUIET -> R.color.surface_raised to R.color.text
        Weight.DANGER -> R.color.danger to R.color.on_danger
    }
    return WordButton(this).apply {
        text = words
        style(R.dimen.type_body, ink, semibold = true)
        isAllCaps = false
        stateListAnimator = null
        gravity = Gravity.CENTER
        minHeight = size(if (weight == Weight.QUIET) R.dimen.size_target else R.dimen.size_field)
        minimumHeight = minHeight
        minWidth = size(R.dimen.size_target)
        setPadding(size(R.dimen.space_base), size(R.dimen.space_tight), size(R.dimen.space_base), size(R.dimen.space_tight))
        val shape = shape(fill, R.dimen.radius_full, if (fill == null) R.color.accent else null, 2f)
        background = pressable(shape, shape(R.color.text, R.dimen.radius_full))
        icon?.let { mark(it, ink) }
        setOnClickListener { press() }
    }
}

/** A button whose icon stands beside its word, however wide it is. */
private class WordButton(context: Context) : Button(context) {
    private val side = context.size(R.dimen.space_base)

    fun mark(icon: Int, ink: Int) {
        val edge = context.size(R.dimen.size_icon)
        val drawable = context.icon(icon, context.colour(ink)).apply { setBounds(0, 0, edge, edge) }
        setCompoundDrawablesRelative(drawable, null, null, null)
        compoundDrawablePadding = context.size(R.dimen.space_tight)
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val icon = compoundDrawablesRelative[0]
        if (icon != null && MeasureSpec.getMode(widthSpec) == MeasureSpec.EXACTLY) {
            val content = paint.measureText(text.toString()) + icon.bounds.width() + compoundDrawablePadding
            val free = ((MeasureSpec.getSize(widthSpec) - content) / 2).toInt().coerceAtLeast(side)
            setPadding(free, paddingTop, free, paddingBottom)
        }
        super.onMeasure(widthSpec, heightSpec)
    }
}

/** A button that is only an icon; [name] is what a screen reader says. */
fun Context.iconButton(icon: Int, name: CharSequence, ink: Int = R.color.text, press: () -> Unit) = ImageButton(this).apply {
    setImageDrawable(icon(icon, colour(ink)))
    contentDescription = name
    tooltipText = name
    background = pressable(null, shape(R.color.text, R.dimen.radius_full))
    val side = size(R.dimen.size_target)
    minimumWidth = side
    minimumHeight = side
    setOnClickListener { press() }
}

/** A word that leads on, set like a link. */
fun Context.link(words: CharSequence, press: () -> Unit) = text(words, colour = R.color.accent, semibold = true).apply {
    minHeight = size(R.dimen.size_target)
    gravity = Gravity.CENTER_VERTICAL
    background = pressable(null, shape(R.color.text, R.dimen.radius_label))
    asButton()
    setOnClickListener { press() }
}

/** Told to a screen reader as a button. */
fun View.asButton() = role(Button::class.java)
