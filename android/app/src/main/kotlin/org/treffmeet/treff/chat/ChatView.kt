package org.treffmeet.treff.chat

import android.content.Context
import android.text.util.Linkify
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.ScrollView
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.iconButton
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.tapDoes
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.words

/** What was written, the newest at the bottom, and a field for more. */
class ChatView(private val context: Context, private val presenter: ChatPresenter) : ScreenView {
    private val rows = context.column()
    private val scroll = ScrollView(context)
    private val empty = context.text(context.getString(R.string.chat_empty), colour = R.color.text_quiet)
    private val only = context.text("", R.dimen.type_small)
    private val everyone = context.iconButton(R.drawable.ic_close, context.getString(R.string.to_everyone)) { presenter.to(null) }
    private val private = context.row {
        after(only, width = 0, weight = 1f)
        after(everyone)
    }
    private val field = Field(context, context.getString(R.string.chat_field), Typing.MESSAGE)
    private var last: ChatState? = null
    override val view: LinearLayout = context.column()

    init {
        val side = context.size(R.dimen.space_base)
        val page = context.column {
            setPadding(side, 0, side, context.size(R.dimen.space_tight))
            below(empty)
            below(rows)
        }
        scroll.addView(page)
        scroll.isFillViewport = true
        view.below(scroll, height = 0, weight = 1f)
        private.setPadding(side, 0, context.size(R.dimen.space_hair), 0)
        view.below(private)
        field.after(context.iconButton(R.drawable.ic_send, context.getString(R.string.send), R.color.accent, ::send))
        val foot = context.column {
            setPadding(side, context.size(R.dimen.space_tight), side, side)
            below(field)
        }
        view.below(foot)
        field.onGo(::send)
        // The keyboard must not hide the newest message.
        scroll.addOnLayoutChangeListener { _, _, top, _, bottom, _, oldTop, _, oldBottom -> if (bottom - top != oldBottom - oldTop) toEnd() }
    }

    private fun send() {
        if (presenter.send(field.value)) field.value = ""
    }

    private fun toEnd() {
        scroll.post { scroll.fullScroll(View.FOCUS_DOWN); field.edit.takeIf { it.hasFocus() }?.requestFocus() }
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        val more = state.rows.size != last?.rows?.size
        // Who reads further up stays there.
        val atEnd = last == null || !scroll.canScrollVertically(1)
        last = state
        empty.shown = state.rows.isEmpty()
        rows.follow(state.rows) { row(it) }
        private.shown = state.to != null
        state.to?.let { only.text = words(R.string.only_reads, it).read(context) }
        field.edit.hint = (state.to?.let { words(R.string.chat_field_to, it) } ?: words(R.string.chat_field)).read(context)
        if (more && atEnd) toEnd()
    }

    private fun row(row: ChatRow): View {
        val who = row.who.read(context)
        val time = row.time.read(context)
        val bubble = context.column {
            background = context.shape(if (row.mine) R.color.accent else R.color.surface_raised, R.dimen.radius_card)
            val side = context.size(R.dimen.space_snug)
            setPadding(side, context.size(R.dimen.space_tight), side, context.size(R.dimen.space_tight))
            val ink = if (row.mine) R.color.on_accent else R.color.text
            below(context.text(words(R.string.dot, who, time).read(context), R.dimen.type_small, if (row.mine) R.color.on_accent else R.color.text_quiet, semibold = row.private))
            val said = context.text(row.text, colour = ink)
            Linkify.addLinks(said, Linkify.WEB_URLS or Linkify.EMAIL_ADDRESSES)
            said.setLinkTextColor(context.colour(if (row.mine) R.color.on_accent else R.color.accent))
            below(said)
            contentDescription = words(R.string.chat_line, who, time, row.text).read(context)
        }
        row.answer?.let { endpoint ->
            bubble.foreground = context.pressable(null, context.shape(R.color.text, R.dimen.radius_card))
            bubble.tapDoes(context.getString(R.string.answer_private))
            bubble.setOnClickListener { presenter.to(endpoint) }
        }
        return LinearLayout(context).apply {
            val far = context.size(R.dimen.space_vast)
            gravity = if (row.mine) Gravity.END else Gravity.START
            setPadding(if (row.mine) far else 0, context.size(R.dimen.space_tight), if (row.mine) 0 else far, 0)
            addView(bubble, LinearLayout.LayoutParams(LinearLayout.LayoutParams.WRAP_CONTENT, LinearLayout.LayoutParams.WRAP_CONTENT))
        }
    }
}
