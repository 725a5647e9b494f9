package org.treffmeet.treff.invite

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DialIn
import org.treffmeet.treff.core.DialInNumber
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.MINUTE
import org.treffmeet.treff.testing.NOW
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.ui.words

class InvitePresenterTest {
    private val desk = Desk().apply { shows(call(person("Ben"))) }
    private val invite = desk.presenters.sheets.invite

    @Test fun theServerIsAskedForNumbersOnlyOnATap() {
        assertEquals(words(R.string.join_phone), invite.state().ask)
        assertTrue(desk.asked().isEmpty())
        invite.ask()
        assertEquals(listOf<Command>(Command.AskDialIn), desk.asked())
        assertTrue(invite.state().asking)
        desk.shows(call(person("Ben")).copy(dialIn = DialIn("4711", listOf(DialInNumber("Deutschland", "+49 30 23125 000")))))
        val state = invite.state()
        assertNull(state.ask)
        assertEquals(words(R.string.phone_pin, "4711"), state.pin)
        assertEquals(listOf("+49 30 23125 000" to "Deutschland"), state.numbers)
    }

    @Test fun theCalendarsEntryIsInTheNextFullHourForThePersonToMove() {
        val halfPastSix = CalendarEntry.of(desk.session)
        assertEquals("Elterngruppe Dienstag", halfPastSix.title)
        assertEquals(OPENED.link, halfPastSix.link)
        assertEquals(NOW + 30 * MINUTE, halfPastSix.starts)
        assertEquals(NOW + 90 * MINUTE, halfPastSix.ends)
    }

    @Test fun aServerWithoutNumbersIsToldUntilAnotherMeeting() {
        invite.ask()
        desk.session.onEvent(Event.Warning(Notice.NoDialIn, ""))
        assertEquals(words(R.string.no_phone), invite.state().problem)
        assertNull(invite.state().ask)
        desk.shows(call(person("Ben")).copy(link = OPENED.link + "2"))
        assertNull(invite.state().problem)
        assertEquals(words(R.string.join_phone), invite.state().ask)
    }
}
