package org.treffmeet.treff.home

import android.app.AlertDialog
import android.content.Context
import android.widget.FrameLayout
import android.widget.ImageView
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.asButton
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.icon
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.iconButton
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.readAs
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.typeScale

class HomeView(private val context: Context, private val presenter: HomePresenter, private val window: Window) : ScreenView {
    override val view = Page(context, null, null)
    private val field = Field(context, context.getString(R.string.home_field), Typing.LINK)
    private val problem = context.notice()
    private val browser = context.button(context.getString(R.string.in_browser), Weight.QUIET) { last?.browser?.let(window::browse) }
    private val welcome = FrameLayout(context)
    private val server = FrameLayout(context)
    private val brokenOff = FrameLayout(context)
    private val recentTitle = context.heading(context.getString(R.string.home_recent))
    private val recent = Card(context)
    private var last: HomeState? = null

    init {
        val head = context.row {
            after(context.heading(context.getString(R.string.app_name), R.dimen.type_headline), width = 0, weight = 1f)
            after(context.iconButton(R.drawable.ic_settings, context.getString(R.string.settings), press = presenter::openSettings))
        }
        view.lines.below(head)
        view.add(brokenOff)
        field.onGo { presenter.join(field.value) }
        field.onEdited { presenter.edited() }
        view.add(field)
        paste()
        view.add(problem, R.dimen.space_snug)
        view.add(browser, R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.join)) { presenter.join(field.value) }, R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.home_new), Weight.SECOND, R.drawable.ic_plus) { presenter.newMeeting(window.language) }, R.dimen.space_snug)
        view.add(welcome)
        view.add(server)
        view.add(recentTitle, R.dimen.space_wide)
        view.add(recent, R.dimen.space_snug)
    }

    /** The clipboard is read on this tap and at no other time. */
    private fun paste() {
        val press = {
            window.clipboard()?.trim()?.takeIf { it.isNotEmpty() }?.let { field.value = it }
            Unit
        }
        // At the largest type the word would leave no room for the link.
        val name = context.getString(R.string.home_paste_label)
        if (context.typeScale > LARGE) view.add(context.button(name, Weight.QUIET, R.drawable.ic_paste, press), R.dimen.space_tight)
        else field.after(context.button(context.getString(R.string.home_paste), Weight.QUIET, press = press).apply { contentDescription = name })
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        last = state
        problem.say(state.problem)
        browser.shown = state.browser != null
        showWelcome(state)
        server.shown = state.choices.isEmpty()
        server.follow(listOf(state.server)) { serverRow(it) }
        brokenOff.shown = state.brokenOff != null
        brokenOff.follow(listOfNotNull(state.brokenOff)) { brokenOffCard(it) }
        recentTitle.shown = state.recent.isNotEmpty()
        recent.shown = state.recent.isNotEmpty()
        recent.follow(state.recent) { recentRow(it) }
    }

    private fun serverRow(name: String?) = Card(context).apply {
        val title = name ?: context.getString(R.string.home_no_server)
        val row = context.row {
            minimumHeight = context.size(R.dimen.size_field)
            val side = context.size(R.dimen.space_base)
            setPadding(side, context.size(R.dimen.space_snug), side, context.size(R.dimen.space_snug))
            after(ImageView(context).apply { setImageDrawable(context.icon(R.drawable.ic_server, context.colour(R.color.text))) })
            val words = context.column {
                below(context.text(context.getString(R.string.home_server), R.dimen.type_small, R.color.text_quiet))
                below(context.text(title, semibold = true))
            }
            after(words, start = side, width = 0, weight = 1f)
            val change = context.getString(if (name == null) R.string.home_choose else R.string.home_change)
            after(context.text(change, colour = R.color.accent, semibold = true), start = context.size(R.dimen.space_tight))
            readAs("${context.getString(R.string.home_server)} $title, $change")
            background = context.pressable(null)
            asButton()
            setOnClickListener { presenter.openServers() }
        }
        below(row)
    }

    private fun showWelcome(state: HomeState) {
        welcome.shown = state.choices.isNotEmpty()
        welcome.follow(listOf(state.choices).filter { it.isNotEmpty() }) { choices -> welcomeCard(choices) }
    }

    private fun welcomeCard(choices: List<ServerChoice>) = Card(context).apply {
        val side = context.size(R.dimen.space_base)
        val words = context.column {
            setPadding(side, side, side, context.size(R.dimen.space_tight))
            below(context.heading(context.getString(R.string.home_welcome)))
            below(context.text(context.getString(R.string.home_welcome_why), colour = R.color.text_quiet), context.size(R.dimen.space_tight))
        }
        below(words)
        for (choice in choices) below(Row(context, choice.name, choice.detail?.read(context)).leads { presenter.choose(choice.address) })
        below(Row(context, context.getString(R.string.home_more_servers)).leads { presenter.openServers() })
        below(Row(context, context.getString(R.string.home_later)).leads(chevron = false) { presenter.welcomed() })
    }

    private fun brokenOffCard(row: RecentRow) = context.column {
        background = context.shape(R.color.surface, R.dimen.radius_card, R.color.outline)
        val side = context.size(R.dimen.space_base)
        setPadding(side, side, side, side)
        below(context.text(row.detail.read(context), semibold = true))
        below(context.button(context.getString(R.string.crashed_rejoin, row.room), Weight.SECOND) { presenter.rejoin() }, context.size(R.dimen.space_snug))
        below(context.button(context.getString(R.string.close), Weight.QUIET) { presenter.forgetBrokenOff() }, context.size(R.dimen.space_tight))
    }

    private fun recentRow(row: RecentRow) = Row(context, row.room, row.detail.read(context)).leads { presenter.join(row.link) }.apply {
        setOnLongClickListener {
            more(row)
            true
        }
    }

    private fun more(row: RecentRow) {
        val forget = R.string.home_forget to { presenter.forget(row.link) }
        val choices = listOfNotNull(window.pin?.let { pin -> R.string.home_pin to { pin(row) } }, forget)
        AlertDialog.Builder(context)
            .setTitle(row.room)
            .setItems(choices.map { context.getString(it.first) }.toTypedArray()) { _, which -> choices[which].second() }
            .show()
    }

    private companion object {
        const val LARGE = 1.5f
    }
}
