package org.treffmeet.treff.servers

import android.content.Context
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.readAs
import org.treffmeet.treff.ui.text

class ServersView(private val context: Context, private val presenter: ServersPresenter) : ScreenView {
    override val view = Page(context, context.getString(R.string.servers), presenter::back)
    private val list = Card(context)
    private val field = Field(context, context.getString(R.string.add_field), Typing.LINK)
    private val problem = context.notice()
    private var last: ServersState? = null

    init {
        view.add(context.text(context.getString(R.string.servers_why), colour = R.color.text_quiet), R.dimen.space_tight)
        view.add(list)
        view.add(context.button(context.getString(R.string.compare), Weight.QUIET, R.drawable.ic_layout_grid) { presenter.compare() }, R.dimen.space_snug)
        view.add(context.heading(context.getString(R.string.add_server)), R.dimen.space_wide)
        view.add(field, R.dimen.space_snug)
        view.add(problem, R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.add), Weight.SECOND, R.drawable.ic_plus, ::add), R.dimen.space_snug)
        view.add(context.button(context.getString(R.string.put_back), Weight.QUIET) { presenter.restorePresets() }, R.dimen.space_wide)
        field.onGo(::add)
    }

    private fun add() = presenter.add(field.value)

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        // It worked: what was typed is on the list now.
        if (last.let { it != null && it.rows.size < state.rows.size }) field.value = ""
        last = state
        problem.say(state.problem)
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
