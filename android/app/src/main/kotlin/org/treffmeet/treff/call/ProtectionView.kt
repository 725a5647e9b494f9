package org.treffmeet.treff.call

import android.content.Context
import android.widget.ScrollView
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.switchRow
import org.treffmeet.treff.ui.text

class ProtectionView(private val context: Context, private val presenter: ProtectionPresenter) : ScreenView {
    override val view = ScrollView(context)
    private val lobby = context.switchRow(context.getString(R.string.lobby_switch), context.getString(R.string.lobby_why), R.drawable.ic_door, presenter::setLobby)
    private val lobbyCard = Card(context).apply { below(lobby) }
    private val isSet = context.text(context.getString(R.string.pw_is_set))
    private val field = Field(context, context.getString(R.string.pw_new), Typing.PASSWORD)
    private val set = context.button("", press = ::setPassword)
    private val remove = context.button(context.getString(R.string.pw_remove), Weight.SECOND) { presenter.removePassword() }
    private var last: ProtectionState? = null

    init {
        val side = context.size(R.dimen.space_base)
        val page = context.column {
            setPadding(side, 0, side, side)
            below(lobbyCard)
            below(isSet, side)
            below(field, side)
            below(set, context.size(R.dimen.space_snug))
            below(remove, context.size(R.dimen.space_snug))
        }
        view.addView(page)
        field.onGo(::setPassword)
    }

    private fun setPassword() {
        if (presenter.setPassword(field.value)) field.value = ""
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        last = state
        lobby.on = state.lobby
        lobbyCard.shown = state.maySetLobby
        isSet.shown = state.passwordSet
        field.shown = state.maySetPassword
        set.shown = state.maySetPassword
        set.text = context.getString(if (state.passwordSet) R.string.pw_change else R.string.pw_set)
        remove.shown = state.maySetPassword && state.passwordSet
    }
}
