package org.treffmeet.treff.server

import org.treffmeet.treff.R
import org.treffmeet.treff.core.CheckState
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class ServerPresenter(private val session: Session, private val tone: (Finding) -> Tone) {
    private val address: String
        get() = (session.state.places.lastOrNull() as? Place.OneServer)?.address.orEmpty()

    fun state(): ServerState {
        val state = session.state
        val server = state.server(address)
        val check = state.snapshot.checks.find { it.address == address }?.state
        return ServerState(
            name = state.serverName(address),
            address = address,
            facts = listOfNotNull(
                server?.operator?.let { operator ->
                    server.country?.let { words(R.string.run_by, operator, Words.Country(it)) } ?: words(R.string.run_by_only, operator)
                },
                server?.hosting?.let { words(R.string.on_machines, it) },
                words(R.string.not_your_server).takeIf { server == null },
            ),
            pages = listOfNotNull(
                server?.website?.let { words(R.string.website) to it },
                server?.terms?.let { words(R.string.terms) to it },
                server?.privacy?.let { words(R.string.privacy_statement) to it },
            ),
            looking = check is CheckState.Running,
            look = words(if (check == null) R.string.look else R.string.look_again),
            found = (check as? CheckState.Done)?.findings.orEmpty().map { Findings.row(it, tone(it)) },
            problem = (check as? CheckState.Failed)?.let { Problems.words(it.error) },
            preferred = state.snapshot.preferredServer == address,
            own = own(),
        )
    }

    private val position get() = session.state.snapshot.servers.indexOfFirst { it.address == address }

    private fun own(): OwnWords? {
        val servers = session.state.snapshot.servers
        val at = position
        val server = servers.getOrNull(at) ?: return null
        return OwnWords(server.name, server.notes, words(R.string.place_in_list, at + 1, servers.size), up = at > 0, down = at < servers.lastIndex)
    }

    /** What the person calls [server] and wrote about it; without a name it gets back the one it came with. */
    fun edit(server: String, name: String, notes: String) {
        val before = session.state.server(server) ?: return
        val called = name.trim()
        val noted = notes.trim()
        if (called != before.name || noted != before.notes) session.dispatch(Command.EditServer(server, called, noted))
    }

    fun moveUp() = move(-1)

    fun moveDown() = move(1)

    private fun move(by: Int) {
        val to = position + by
        if (position >= 0 && to in session.state.snapshot.servers.indices) session.dispatch(Command.MoveServer(address, to.toUInt()))
    }

    fun look() = session.dispatch(Command.CheckServer(address))

    /** Puts it on the list first if it is not there. */
    fun use() {
        val server = address
        if (session.state.server(server) == null) session.dispatch(Command.AddServer(server, null))
        session.dispatch(Command.SetPreferredServer(server))
        session.settings { it.copy(welcomed = true) }
    }

    fun takeOff() {
        val server = address
        session.back()
        session.dispatch(Command.RemoveServer(server))
    }

    fun back() = session.back()
}
