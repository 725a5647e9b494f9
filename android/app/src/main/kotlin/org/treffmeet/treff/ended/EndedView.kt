package org.treffmeet.treff.ended

import android.content.Context
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text

class EndedView(private val context: Context, private val presenter: EndedPresenter, private val window: Window) : ScreenView {
    override val view = Page(context, "", null)
    private val title = context.heading("", R.dimen.type_headline)
    private val sentences = context.column { setPadding(0, 0, 0, context.size(R.dimen.space_snug)) }
    private val again = context.button("") { presenter.again() }
    private val browser = context.button(context.getString(R.string.in_browser)) { last?.browser?.let(window::browse) }
    private val next = context.button("", Weight.SECOND) { presenter.next() }
    private val otherServer = context.button(context.getString(R.string.other_server), Weight.SECOND) { presenter.otherServer() }
    private var last: EndedState? = null

    init {
        view.add(title, R.dimen.space_vast)
        view.add(sentences, R.dimen.space_hair)
        view.add(browser, R.dimen.space_snug)
        view.add(again, R.dimen.space_snug)
        view.add(next, R.dimen.space_snug)
        view.add(otherServer, R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.home), Weight.SECOND) { presenter.home() }, R.dimen.space_snug)
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        last = state
        view.title(state.meeting)
        title.say(state.title)
        sentences.follow(state.lines) { line ->
            context.column { below(context.text(line.read(context)), context.size(R.dimen.space_snug)) }
        }
        again.say(state.again)
        next.say(state.next)
        browser.shown = state.browser != null
        otherServer.shown = state.otherServer
    }
}
