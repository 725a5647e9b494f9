package org.treffmeet.treff.server

import android.content.Context
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.mark
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.words

class ServerView(private val context: Context, private val presenter: ServerPresenter, private val window: Window) : ScreenView {
    override val view = Page(context, "", presenter::back)
    private val address = context.text("", R.dimen.type_small, R.color.text_quiet)
    private val facts = context.column()
    private val pages = Card(context)
    private val foundTitle = context.heading(context.getString(R.string.found))
    private val found = Card(context)
    private val problem = context.notice()
    private val look = context.button("", Weight.SECOND) { presenter.look() }
    private val use = context.button(context.getString(R.string.use)) { presenter.use() }
    private val used = context.text(context.getString(R.string.used), semibold = true)
    private val takeOff = context.button(context.getString(R.string.take_off), Weight.QUIET, R.drawable.ic_trash) { presenter.takeOff() }
    private var last: ServerState? = null

    init {
        view.add(address, R.dimen.space_hair)
        view.add(facts, R.dimen.space_tight)
        view.add(used)
        view.add(use)
        view.add(look, R.dimen.space_snug)
        view.add(problem)
        view.add(foundTitle, R.dimen.space_wide)
        view.add(found, R.dimen.space_snug)
        view.add(pages, R.dimen.space_wide)
        view.add(takeOff, R.dimen.space_wide)
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        last = state
        view.title(state.name)
        address.text = state.address
        facts.follow(state.facts) { context.column { below(context.text(it.read(context)), context.size(R.dimen.space_tight)) } }
        used.shown = state.preferred
        use.shown = !state.preferred
        look.say(if (state.looking) words(R.string.looking) else state.look)
        look.isEnabled = !state.looking
        problem.say(state.problem)
        foundTitle.shown = state.found.isNotEmpty()
        found.shown = state.found.isNotEmpty()
        found.follow(state.found) { finding ->
            val (icon, tint) = finding.tone.mark
            Row(context, finding.title.read(context), finding.detail?.read(context), icon, tint)
        }
        pages.shown = state.pages.isNotEmpty()
        pages.follow(state.pages) { (words, page) -> Row(context, words.read(context), null, R.drawable.ic_open_outside).leads(chevron = false) { window.browse(page) } }
        takeOff.shown = state.listed
    }
}
