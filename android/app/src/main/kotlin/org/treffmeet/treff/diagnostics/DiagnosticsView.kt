package org.treffmeet.treff.diagnostics

import android.content.Context
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.words

class DiagnosticsView(private val context: Context, private val presenter: DiagnosticsPresenter, private val window: Window) : ScreenView {
    override val view = Page(context, context.getString(R.string.diagnostics), presenter::back)
    private val words = context.text("", R.dimen.type_small)
    private val copyButton = context.button("", Weight.MAIN, R.drawable.ic_copy, ::copy)
    private var last: DiagnosticsState? = null

    init {
        view.add(context.text(context.getString(R.string.diagnostics_why)))
        view.add(copyButton)
        val side = context.size(R.dimen.space_base)
        words.setPadding(side, side, side, side)
        words.setTextIsSelectable(true)
        view.add(Card(context).apply { below(words) })
    }

    private fun copy() {
        last?.let { window.copy(it.text) }
        presenter.copied()
    }

    override fun show() {
        val state = presenter.state(window.system)
        if (state == last) return
        last = state
        words.text = state.text.trim()
        copyButton.say(words(if (state.copied) R.string.copied else R.string.copy_text))
    }
}
