package org.treffmeet.treff.call

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.session.Session

/** The room's password and waiting room. */
data class ProtectionState(val lobby: Boolean, val passwordSet: Boolean, val maySetLobby: Boolean, val maySetPassword: Boolean)

class ProtectionPresenter(private val session: Session) {
    fun state(): ProtectionState = with(session.state.snapshot.door) { ProtectionState(lobby, passwordSet, maySetLobby, maySetPassword) }

    fun setLobby(on: Boolean) = session.dispatch(Command.SetLobby(on))

    /** Sets or changes it; whether there was one to set. */
    fun setPassword(password: String): Boolean {
        if (password.isEmpty()) return false
        session.dispatch(Command.SetRoomPassword(password))
        return true
    }

    fun removePassword() = session.dispatch(Command.SetRoomPassword(null))
}
