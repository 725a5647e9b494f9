package org.treffmeet.treff.waiting

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.Waiting
import org.treffmeet.treff.prejoin.PrejoinPresenter
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.words

class WaitingPresenter(private val session: Session) {
    fun state(): WaitingState {
        val state = session.state
        val waiting = (state.snapshot.screen as? Screen.Joining)?.waiting
        val (title, why, asks) = when (waiting) {
            is Waiting.Password -> Triple(R.string.wait_password, R.string.wait_password_why, Asks.PASSWORD)
            is Waiting.Knock -> Triple(R.string.wait_lobby, R.string.wait_lobby_why, Asks.NAME_TO_KNOCK)
            is Waiting.Moderator -> Triple(R.string.wait_moderator, R.string.wait_moderator_why, Asks.NOTHING)
            is Waiting.Host -> Triple(R.string.wait_host, R.string.wait_host_why, Asks.NOTHING)
            is Waiting.DisplayName -> Triple(R.string.wait_name, R.string.wait_name_why, Asks.NAME)
            null -> Triple(R.string.wait_connecting, R.string.wait_connecting_why, Asks.NOTHING)
        }
        return WaitingState(
            meeting = state.meeting,
            title = words(title),
            why = words(why),
            asks = asks,
            name = PrejoinPresenter.ownName(state),
            wrong = (waiting as? Waiting.Password)?.wrong == true,
        )
    }

    /** Gives what is asked for. */
    fun answer(text: String) {
        // A password may begin or end with a space; a name may not.
        val name = text.trim()
        when (state().asks) {
            Asks.PASSWORD -> if (text.isNotEmpty()) session.dispatch(Command.EnterPassword(text))
            Asks.NAME_TO_KNOCK -> if (name.isNotEmpty()) session.dispatch(Command.Knock(name))
            Asks.NAME -> if (name.isNotEmpty()) session.dispatch(Command.SetDisplayName(name))
            Asks.NOTHING -> Unit
        }
    }

    fun leave() = session.dispatch(Command.Leave)
}
