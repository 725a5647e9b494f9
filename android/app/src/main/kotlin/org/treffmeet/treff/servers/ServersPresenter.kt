package org.treffmeet.treff.servers

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Server
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class ServersPresenter(private val session: Session) {
    fun state(): ServersState {
        val snapshot = session.state.snapshot
        return ServersState(
            snapshot.servers.map { row(it, it.address == snapshot.preferredServer) },
            session.state.serverProblem?.let(Problems::words),
        )
    }

    private fun row(server: Server, preferred: Boolean): ServerRow {
        val country = server.country?.let { Words.Country(it) }
        val address = said(server.address)
        return ServerRow(server.address, server.name.ifEmpty { server.address }, country?.let { words(R.string.dot, address, it) } ?: address, preferred)
    }

    fun open(address: String) = session.go(Place.OneServer(address))

    fun compare() = session.go(Place.Comparison)

    fun add(address: String) {
        val text = address.trim()
        if (text.isEmpty()) return
        edited()
        session.dispatch(Command.AddServer(text, null))
    }

    /** What was wrong with the address before says nothing about this one. */
    fun edited() = session.update { it.copy(serverProblem = null) }

    fun restorePresets() = session.dispatch(Command.RestorePresets)

    fun back() = session.back()
}
