package org.treffmeet.treff.servers

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Server
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class ServersPresenter(private val session: Session) {
    private var search = Search()
    private var told = Told()

    /** Where the list goes once the core has written it. */
    private var saving: ((String) -> Unit)? = null

    /** The core reads a list. */
    private var takingIn = false

    init {
        // It is kept while one of the servers is looked at, and no longer.
        session.listen {
            if (Place.Servers in session.state.places) return@listen
            search = Search()
            told = Told()
        }
        session.hear(::heard)
    }

    fun state(): ServersState {
        val snapshot = session.state.snapshot
        return ServersState(
            snapshot.servers.filter(search::finds).map { row(it, it.address == snapshot.preferredServer) },
            snapshot.servers.size,
            if (snapshot.servers.size > AT_A_GLANCE || search != Search()) searched(snapshot.servers) else null,
            told.news,
            told.problem ?: session.state.serverProblem?.takeUnless { takingIn }?.let(Problems::words),
        )
    }

    private fun row(server: Server, preferred: Boolean): ServerRow {
        val country = server.country?.let { Words.Country(it) }
        val who = said(server.operator ?: server.address)
        return ServerRow(server.address, server.name.ifEmpty { server.address }, country?.let { words(R.string.dot, who, it) } ?: who, preferred)
    }

    private fun searched(servers: List<Server>): SearchState {
        val places = Search.places(servers)
        return SearchState(search.text, places.map { it to inWords(it) }, places.indexOf(search.place))
    }

    private fun inWords(place: Whereabouts): Words = when (place) {
        Whereabouts.Everywhere -> words(R.string.everywhere)
        Whereabouts.Eu -> words(R.string.in_eu)
        is Whereabouts.Country -> Words.Country(place.code)
    }

    fun look(text: String) = look(search.copy(text = text))

    fun choose(place: Whereabouts) = look(search.copy(place = place))

    private fun look(wanted: Search) {
        if (wanted == search) return
        search = wanted
        session.poke()
    }

    fun open(address: String) = session.go(Place.OneServer(address))

    fun compare() = session.go(Place.Comparison)

    fun add(address: String) {
        val text = address.trim()
        if (text.isEmpty()) return
        // An address or a link is one word; a list that somebody passed on is more.
        if (text.any { it.isWhitespace() || it == '{' }) return takeIn(text)
        edited()
        session.dispatch(Command.AddServer(text, null))
    }

    /** What was wrong with the address before says nothing about this one. */
    fun edited() = tell(Told())

    private fun tell(now: Told) {
        val same = now == told
        told = now
        if (session.state.serverProblem != null) session.update { it.copy(serverProblem = null) } else if (!same) session.poke()
    }

    /** Hands the list as text to [write], which answers with [saved]. */
    fun save(write: (String) -> Unit) {
        shown()
        saving = write
        session.dispatch(Command.ExportServers)
    }

    fun saved(done: Boolean) = tell(if (done) Told(news = words(R.string.list_saved)) else Told(problem = words(R.string.list_not_saved)))

    /** Adds the servers of a file; what is on the list stays as it is. */
    fun takeIn(file: ListFile) {
        shown()
        when (file) {
            is ListFile.Read -> takeIn(file.text)
            ListFile.TooLarge -> tell(Told(problem = words(R.string.list_too_large)))
            ListFile.Unreadable -> tell(Told(problem = words(R.string.list_unreadable)))
        }
    }

    private fun takeIn(text: String) {
        edited()
        takingIn = true
        session.dispatch(Command.ImportServers(text))
    }

    /** The system may have taken the app away while a file was chosen; what comes of it is told on this page. */
    private fun shown() {
        if (Place.Servers !in session.state.places && !session.state.inMeeting) session.go(Place.Servers)
    }

    private fun heard(event: Event) {
        when (event) {
            is Event.ServersExported -> saving?.let { write ->
                saving = null
                write(event.text)
            }
            is Event.ServersImported -> {
                takingIn = false
                tell(Told(news = if (event.added == 0u) words(R.string.none_new) else counted(R.plurals.servers_added, event.added.toInt())))
            }
            is Event.ServerRefused -> if (takingIn) {
                takingIn = false
                tell(Told(problem = words(R.string.no_list)))
            }
            else -> Unit
        }
    }

    fun restorePresets() = session.dispatch(Command.RestorePresets)

    fun back() = session.back()

    private data class Told(val news: Words? = null, val problem: Words? = null)

    private companion object {
        /** So many need no search. */
        const val AT_A_GLANCE = 3
    }
}
