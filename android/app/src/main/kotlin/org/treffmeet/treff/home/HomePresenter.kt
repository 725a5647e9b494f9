package org.treffmeet.treff.home

import java.time.Instant
import java.time.ZoneId
import java.time.temporal.ChronoUnit
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Server
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class HomePresenter(private val session: Session, private val zone: () -> ZoneId = ZoneId::systemDefault) {
    fun state(): HomeState {
        val state = session.state
        val snapshot = state.snapshot
        val server = snapshot.preferredServer?.takeIf { it.isNotEmpty() }
        val ask = !snapshot.settings.welcomed && server == null
        return HomeState(
            problem = state.linkProblem?.let(Problems::words),
            browser = Problems.browserAddress(state.linkProblem),
            server = server?.let(state::serverName),
            choices = if (ask) snapshot.servers.take(CHOICES).map(::choice) else emptyList(),
            recent = snapshot.recent.map {
                val detail = words(R.string.dot, state.serverName(it.server), day(it.joinedAt.toLong()))
                RecentRow(it.link, it.room, detail)
            },
            brokenOff = state.brokenOff?.let { RecentRow(it.link, it.room, words(R.string.crashed_title)) },
        )
    }

    private fun choice(server: Server): ServerChoice {
        val country = server.country?.let(Words::Country)
        val operator = server.operator?.let(::said)
        val detail = if (operator != null && country != null) words(R.string.dot, operator, country) else operator ?: country
        return ServerChoice(server.address, server.name.ifEmpty { server.address }, detail)
    }

    /** How far [at] is from today: a clock that was set back does not make a meeting of tomorrow. */
    private fun day(at: Long): Words {
        val then = Instant.ofEpochMilli(at).atZone(zone()).toLocalDate()
        val today = Instant.ofEpochMilli(session.clock.wall()).atZone(zone()).toLocalDate()
        return when (val ago = ChronoUnit.DAYS.between(then, today)) {
            in Long.MIN_VALUE..0 -> words(R.string.today)
            1L -> words(R.string.yesterday)
            in 2..WEEK -> Words.Weekday(at)
            else -> Words.Day(at, year = then.year != today.year && ago > WEEK)
        }
    }

    fun join(text: String) = session.open(text)

    /** What was wrong with the text before says nothing about this one. */
    fun edited() {
        if (session.state.linkProblem != null) session.dispatch(Command.GoHome)
    }

    fun newMeeting(language: String) = session.dispatch(Command.NewMeeting(language))

    fun forget(link: String) = session.dispatch(Command.ForgetRecent(link))

    fun rejoin() {
        session.state.brokenOff?.let { session.open(it.link) }
    }

    fun forgetBrokenOff() = session.forgetBrokenOff()

    fun choose(address: String) {
        session.dispatch(Command.SetPreferredServer(address))
        welcomed()
    }

    fun welcomed() = session.settings { it.copy(welcomed = true) }

    fun openServers() = session.go(Place.Servers)

    fun openSettings() = session.go(Place.Settings)

    private companion object {
        /** So many servers are offered at the first start; the rest is behind "More servers". */
        const val CHOICES = 3
        const val WEEK = 6L
    }
}
