package org.treffmeet.treff.server

import android.content.Context
import android.view.View
import android.widget.Button
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
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
    private val name = Field(context, context.getString(R.string.server_name), Typing.NAME)
    private val notes = Field(context, context.getString(R.string.server_notes), Typing.MESSAGE)
    private val place = context.text("", colour = R.color.text_quiet).apply { accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE }
    private val up = context.button(context.getString(R.string.move_up), Weight.QUIET, R.drawable.ic_chevron_up) { presenter.moveUp() }
    private val down = context.button(context.getString(R.string.move_down), Weight.QUIET, R.drawable.ic_chevron_down) { presenter.moveDown() }
    private val takeOff = context.button(context.getString(R.string.take_off), Weight.QUIET, R.drawable.ic_trash) { presenter.takeOff() }
    private val own = context.column {
        val near = context.size(R.dimen.space_snug)
        below(context.text(context.getString(R.string.server_name), R.dimen.type_small, R.color.text_quiet))
        below(name, context.size(R.dimen.space_hair))
        below(context.text(context.getString(R.string.server_notes), R.dimen.type_small, R.color.text_quiet), near)
        below(notes, context.size(R.dimen.space_hair))
        below(place, context.size(R.dimen.space_wide))
        below(up, near)
        below(down, near)
        below(takeOff, context.size(R.dimen.space_wide))
    }
    private var last: ServerState? = null

    init {
        for (edit in listOf(name.edit, notes.edit)) edit.setOnFocusChangeListener { _, focused -> if (!focused) keep() }
        name.onGo { name.edit.clearFocus() }
        view.add(address, R.dimen.space_hair)
        view.add(facts, R.dimen.space_tight)
        view.add(used)
        view.add(use)
        view.add(look, R.dimen.space_snug)
        view.add(problem)
        view.add(foundTitle, R.dimen.space_wide)
        view.add(found, R.dimen.space_snug)
        view.add(pages, R.dimen.space_wide)
        view.add(own, R.dimen.space_wide)
    }

    /** Of the server that was shown: the page may be left already. */
    private fun keep() {
        val shown = last?.takeIf { it.own != null } ?: return
        presenter.edit(shown.address, name.value, notes.value)
        if (name.value.isBlank()) name.value = shown.name
    }

    private fun follow(words: OwnWords) {
        if (words.name != last?.own?.name && !name.edit.hasFocus()) name.value = words.name
        if (words.notes != last?.own?.notes && !notes.edit.hasFocus()) notes.value = words.notes
        place.say(words.place)
        up.allow(words.up)
        down.allow(words.down)
    }

    private fun Button.allow(on: Boolean) {
        isEnabled = on
        alpha = if (on) 1f else FAINT
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        own.shown = state.own != null
        state.own?.let(::follow)
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
    }

    private companion object {
        /** What cannot be pressed now. */
        const val FAINT = 0.4f
    }
}
