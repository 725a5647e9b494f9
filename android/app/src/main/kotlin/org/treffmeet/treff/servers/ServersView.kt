package org.treffmeet.treff.servers

import android.app.AlertDialog
import android.content.Context
import android.view.View
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.readAs
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.text

class ServersView(private val context: Context, private val presenter: ServersPresenter, window: Window) : ScreenView {
    override val view = Page(context, context.getString(R.string.servers), presenter::back)
    private val search = Field(context, context.getString(R.string.search_servers), Typing.SEARCH)
    private val where = Card(context)
    private val nothing = context.text(context.getString(R.string.none_fits), colour = R.color.text_quiet).apply { accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE }
    private val list = Card(context)
    private val field = Field(context, context.getString(R.string.add_field), Typing.LINK)
    private val problem = context.notice()
    private val news = context.notice(R.drawable.ic_check, R.color.good)
    private var last: ServersState? = null

    init {
        view.add(context.text(context.getString(R.string.servers_why), colour = R.color.text_quiet), R.dimen.space_tight)
        view.add(search)
        view.add(where, R.dimen.space_snug)
        view.add(nothing)
        view.add(list)
        view.add(context.button(context.getString(R.string.compare), Weight.QUIET, R.drawable.ic_layout_grid) { presenter.compare() }, R.dimen.space_snug)
        view.add(context.heading(context.getString(R.string.add_server)), R.dimen.space_wide)
        view.add(context.text(context.getString(R.string.add_why), colour = R.color.text_quiet), R.dimen.space_hair)
        view.add(field, R.dimen.space_snug)
        view.add(problem, R.dimen.space_snug)
        view.add(news, R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.add), Weight.SECOND, R.drawable.ic_plus, ::add), R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.list_from_file), Weight.QUIET, R.drawable.ic_file) { window.openList() }, R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.save_list), Weight.QUIET, R.drawable.ic_download) { window.saveList() }, R.dimen.space_wide)
        view.add(context.button(context.getString(R.string.put_back), Weight.QUIET) { presenter.restorePresets() }, R.dimen.space_snug)
        field.onGo(::add)
        search.onEdited(presenter::look)
        search.onGo { search.edit.clearFocus() }
    }

    private fun add() = presenter.add(field.value)

    private fun askWhere(search: SearchState) {
        AlertDialog.Builder(context)
            .setTitle(R.string.where_server)
            .setSingleChoiceItems(search.places.map { it.second.read(context) }.toTypedArray(), search.chosen) { dialog, which ->
                dialog.dismiss()
                presenter.choose(search.places[which].first)
            }
            .show()
    }

    private fun follow(searched: SearchState?) {
        search.shown = searched != null
        where.shown = searched != null && searched.places.isNotEmpty()
        if (searched == null) return
        search.value = searched.text
        where.follow(listOfNotNull(searched.takeIf { it.places.isNotEmpty() })) { known ->
            val chosen = known.places.getOrNull(known.chosen)?.second?.read(context)
            Row(context, context.getString(R.string.where_server), chosen, R.drawable.ic_globe).leads { askWhere(known) }
        }
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        // It worked: what was typed is on the list now.
        if (last.let { it != null && it.known < state.known }) field.value = ""
        last = state
        follow(state.search)
        problem.say(state.problem)
        news.say(state.news)
        nothing.shown = state.known > 0 && state.rows.isEmpty()
        list.shown = state.rows.isNotEmpty()
        list.follow(state.rows) { server ->
            val row = Row(context, server.name, server.detail.read(context))
            if (server.preferred) {
                row.trailing(R.drawable.ic_check, R.color.accent)
                row.readAs(context.getString(R.string.your_server, server.name))
            }
            row.leads { presenter.open(server.address) }
        }
    }
}
