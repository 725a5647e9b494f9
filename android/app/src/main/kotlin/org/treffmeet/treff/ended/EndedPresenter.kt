package org.treffmeet.treff.ended

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.words

class EndedPresenter(private val session: Session) {
    fun state(): EndedState {
        val state = session.state
        val reason = (state.snapshot.screen as? Screen.Ended)?.reason ?: EndReason.Left
        val error = state.failure
        val minutes = minutes()
        val title = when (reason) {
            is EndReason.Left -> R.string.end_left
            is EndReason.Kicked -> R.string.end_removed
            is EndReason.EndedForAll -> R.string.end_over
            is EndReason.Failed -> if (minutes == null) R.string.end_failed else R.string.end_broke
        }
        // Whoever was removed may ask outside first; trying again at once helps nobody.
        val mayTry = (reason is EndReason.Left || reason is EndReason.Failed) && link().isNotEmpty()
        val again = if (error != null && minutes == null) R.string.again else R.string.join_again
        val next = state.snapshot.nextServer?.let(state::serverName)
        return EndedState(
            meeting = state.meeting,
            title = words(title),
            lines = lines(reason) + listOfNotNull(minutes?.let(::stayed), next?.let { words(R.string.start_on_why, it) }),
            again = if (mayTry) words(again) else null,
            browser = Problems.browserAddress(error),
            next = next?.let { words(R.string.start_on, it) },
            otherServer = error is UserError.ServerNotFound || error is UserError.ServerUnreachable ||
                error is UserError.ServerNotReady,
        )
    }

    private fun lines(reason: EndReason): List<Words> = when (reason) {
        is EndReason.Left -> emptyList()
        is EndReason.Kicked -> listOfNotNull(
            reason.by?.let { words(R.string.end_by, it) },
            reason.reason?.let { words(R.string.quoted, it) },
        )
        is EndReason.EndedForAll -> listOfNotNull(reason.reason?.let { words(R.string.quoted, it) })
        is EndReason.Failed -> listOf(Problems.words(reason.error))
    }

    /** Whole minutes in the meeting; none if never in it. */
    private fun minutes(): Int? {
        val from = session.state.snapshot.joinedAt?.toLong() ?: return null
        val to = session.state.snapshot.endedAt?.toLong() ?: return null
        return ((to - from).coerceAtLeast(0) / MINUTE).toInt()
    }

    private fun stayed(minutes: Int): Words = when {
        minutes == 0 -> words(R.string.end_short)
        minutes < HOUR -> words(R.string.end_long, counted(R.plurals.minutes, minutes))
        else -> words(R.string.end_long, words(R.string.hours_short, minutes / HOUR, minutes % HOUR))
    }

    private fun link() = session.state.snapshot.link.ifEmpty { session.state.opened }

    /** A meeting that begins here stays one: it can still move to another server when this one fails again. */
    fun again() = if (session.state.snapshot.nextServer == null) session.open(link()) else startOn(session.state.meetingServer)

    fun next() {
        session.state.snapshot.nextServer?.let(::startOn)
    }

    private fun startOn(server: String) = session.dispatch(Command.StartOn(server))

    fun otherServer() = session.go(Place.Servers)

    fun home() = session.dispatch(Command.GoHome)

    private companion object {
        const val MINUTE = 60_000L
        const val HOUR = 60
    }
}
