package org.treffmeet.treff.ended

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.EXEMPLE
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.ended
import org.treffmeet.treff.testing.failed
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.words

class EndedPresenterTest {
    private fun after(snapshot: Snapshot) = Desk().apply { shows(snapshot) }

    @Test fun adaLeftAndMayJoinAgain() {
        val desk = after(ended(EndReason.Left, minutes = 47))
        val state = desk.presenters.ended.state()
        assertEquals(words(R.string.end_left), state.title)
        assertEquals(listOf(words(R.string.end_long, counted(R.plurals.minutes, 47))), state.lines)
        assertEquals(words(R.string.join_again), state.again)
        desk.presenters.ended.again()
        assertEquals(listOf(Command.Open(OPENED.link, null)), desk.asked())
    }

    @Test fun whoWasRemovedIsToldByWhomAndNotSentBackAtOnce() {
        val state = after(ended(EndReason.Kicked("Cleo", "Bitte leise"), minutes = 0)).presenters.ended.state()
        assertEquals(listOf(words(R.string.end_by, "Cleo"), words(R.string.quoted, "Bitte leise"), words(R.string.end_short)), state.lines)
        assertNull(state.again)
    }

    @Test fun aServerThatDoesNotAnswerIsNamedWithAWayOut() {
        val state = after(failed(UserError.ServerUnreachable("meet.example.org"))).presenters.ended.state()
        assertEquals(words(R.string.end_failed), state.title)
        assertEquals(words(R.string.again), state.again)
        assertTrue(state.otherServer)
    }

    @Test fun aMeetingThatCouldNotBeginIsOfferedOnTheNextServerAndMovesOnlyOnATap() {
        val desk = after(failed(UserError.ServerUnreachable("meet.example.org")).copy(nextServer = EXEMPLE.address))
        val ended = desk.presenters.ended
        assertEquals(words(R.string.start_on, "Visio Exemple"), ended.state().next)
        assertEquals(words(R.string.start_on_why, "Visio Exemple"), ended.state().lines.last())
        assertTrue(desk.asked().isEmpty())
        ended.next()
        ended.again()
        assertEquals(listOf(Command.StartOn(EXEMPLE.address), Command.StartOn("meet.example.org")), desk.asked())
    }

    @Test fun aMeetingThatBrokeOffAfterHoursSaysSo() {
        val state = after(failed(UserError.Unexpected("gone"), minutes = 125)).presenters.ended.state()
        assertEquals(words(R.string.end_broke), state.title)
        assertEquals(words(R.string.end_long, words(R.string.hours_short, 2, 5)), state.lines.last())
        assertEquals(words(R.string.join_again), state.again)
    }
}
