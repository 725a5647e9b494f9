package org.treffmeet.treff.ui

import android.content.Context
import android.view.Gravity
import android.widget.CompoundButton
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.RadioButton
import android.widget.Switch
import org.treffmeet.treff.R

/** Rows that belong together, with lines between them. */
class Card(context: Context) : LinearLayout(context) {
    init {
        orientation = VERTICAL
        background = context.shape(R.color.surface, R.dimen.radius_card, R.color.outline)
        clipToOutline = true
        showDividers = SHOW_DIVIDER_MIDDLE
        dividerDrawable = android.graphics.drawable.GradientDrawable().apply {
            setColor(context.colour(R.color.outline))
            setSize(0, context.dp(1f))
        }
    }
}

/** A row of a card: an icon, one or two lines, and something at the end. */
open class Row(context: Context, title: CharSequence, private val detail: CharSequence? = null, icon: Int? = null, tint: Int = R.color.text) : LinearLayout(context) {
    private val image = icon?.let { ImageView(context) }
    private val title = context.text(title, semibold = detail != null)

    init {
        gravity = Gravity.CENTER_VERTICAL
        minimumHeight = context.dp(HEIGHT_DP)
        val side = context.size(R.dimen.space_base)
        val edge = context.size(R.dimen.space_tight)
        setPadding(side, edge, side, edge)
        image?.let { after(it, width = context.size(R.dimen.size_icon), height = context.size(R.dimen.size_icon)) }
        val lines = context.column {
            below(this@Row.title)
            detail?.let { below(context.text(it, R.dimen.type_small, R.color.text_quiet)) }
        }
        after(lines, start = if (icon == null) 0 else side, width = 0, weight = 1f)
        name(title, icon, tint)
    }

    /** What it is about, which may change. */
    fun name(title: CharSequence, icon: Int?, tint: Int = R.color.text) {
        this.title.text = title
        icon?.let { image?.setImageDrawable(context.icon(it, context.colour(tint))) }
        readAs(listOfNotNull(title, detail).joinToString(", "))
    }

    /** Leads somewhere. */
    fun leads(chevron: Boolean = true, press: () -> Unit): Row {
        if (chevron) trailing(R.drawable.ic_chevron_right)
        background = context.pressable(null)
        asButton()
        setOnClickListener { press() }
        return this
    }

    fun trailing(icon: Int, tint: Int = R.color.text_quiet) = after(
        ImageView(context).apply {
            setImageDrawable(context.icon(icon, context.colour(tint)))
            importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        },
        start = context.size(R.dimen.space_tight), width = context.size(R.dimen.size_icon), height = context.size(R.dimen.size_icon),
    )

    private companion object {
        const val HEIGHT_DP = 64f
    }
}

/** A row with the framework's own switch or radio button at its end, which stands for the whole row. */
class MarkedRow(context: Context, title: CharSequence, detail: CharSequence?, icon: Int?, private val mark: CompoundButton, press: (Boolean) -> Unit) :
    Row(context, title, detail, icon) {
    init {
        mark.isClickable = false
        mark.isFocusable = false
        mark.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        after(mark, start = context.size(R.dimen.space_tight))
        background = context.pressable(null)
        role(mark.javaClass) { mark.isChecked }
        setOnClickListener {
            mark.isChecked = mark is RadioButton || !mark.isChecked
            press(mark.isChecked)
        }
    }

    var on: Boolean
        get() = mark.isChecked
        set(value) {
            if (mark.isChecked != value) mark.isChecked = value
        }
}

/** A row that switches something. */
fun Context.switchRow(title: CharSequence, detail: CharSequence?, icon: Int?, press: (Boolean) -> Unit) =
    MarkedRow(this, title, detail, icon, Switch(this), press)

/** A row that is one of several to choose from. */
fun Context.choiceRow(title: CharSequence, detail: CharSequence?, press: () -> Unit) =
    MarkedRow(this, title, detail, null, RadioButton(this)) { press() }

/** A sentence in a frame with a mark: what is wrong, and what to do. */
fun Context.notice(icon: Int = R.drawable.ic_warning, tint: Int = R.color.warning): Notice = Notice(this, icon, tint)

class Notice(context: Context, icon: Int, tint: Int) : LinearLayout(context) {
    private val words = context.text("")

    init {
        background = context.shape(R.color.surface_raised, R.dimen.radius_card)
        val side = context.size(R.dimen.space_base)
        setPadding(side, side, side, side)
        accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        after(ImageView(context).apply { setImageDrawable(context.icon(icon, context.colour(tint))) }, width = context.size(R.dimen.size_icon), height = context.size(R.dimen.size_icon))
        after(words, start = context.size(R.dimen.space_snug), width = 0, weight = 1f)
        shown = false
    }

    fun say(sentence: Words?) {
        words.say(sentence)
        shown = sentence != null
    }
}
