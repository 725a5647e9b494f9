package org.treffmeet.treff.waiting

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.Waiting
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.ui.words

class WaitingPresenterTest {
    private fun waitingFor(waiting: Waiting?) = Desk().apply { shows(OPENED.copy(screen = Screen.Joining(waiting))) }

    @Test fun benKnocksUnderHisNameAndNotWithoutOne() {
        val desk = waitingFor(Waiting.Knock)
        desk.presenters.waiting.answer("  ")
        assertTrue(desk.asked().isEmpty())
        desk.presenters.waiting.answer(" Ben ")
        assertEquals(listOf(Command.Knock("Ben")), desk.asked())
    }

    @Test fun aPasswordIsGivenAsItWasTyped() {
        val desk = waitingFor(Waiting.Password(wrong = true))
        assertTrue(desk.presenters.waiting.state().wrong)
        desk.presenters.waiting.answer(" offen ")
        assertEquals(listOf(Command.EnterPassword(" offen ")), desk.asked())
    }

    @Test fun aNameThatTheRoomAsksForIsGiven() {
        val desk = waitingFor(Waiting.DisplayName)
        desk.presenters.waiting.answer("Cleo")
        assertEquals(listOf(Command.SetDisplayName("Cleo")), desk.asked())
    }

    @Test fun whoWaitsIsToldForWhatAndMayLeave() {
        val told = listOf(null, Waiting.Moderator, Waiting.Host).map { waitingFor(it).presenters.waiting.state() }
        assertEquals(listOf(R.string.wait_connecting, R.string.wait_moderator, R.string.wait_host).map { words(it) }, told.map { it.title })
        assertTrue(told.all { it.asks == Asks.NOTHING })
        val desk = waitingFor(Waiting.Host)
        desk.presenters.waiting.leave()
        assertEquals(listOf(Command.Leave), desk.asked())
    }
}
