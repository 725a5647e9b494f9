package org.treffmeet.treff.session

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.FakeMark
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.ended
import org.treffmeet.treff.testing.failed
import org.treffmeet.treff.testing.person

class SessionTest {
    private val other = "https://visio.example.net/Other"

    @Test fun aTappedLinkOpensTheMeeting() {
        val desk = Desk()
        desk.session.open("  $other ")
        assertEquals(listOf(Command.Open(other, null)), desk.asked())
    }

    @Test fun aLinkWhileInAnotherCallAsksFirst() {
        val desk = Desk()
        desk.shows(call(person("Ben")))
        desk.session.open(other)
        assertTrue(desk.asked().isEmpty())
        assertEquals(other, desk.session.state.askedAbout)
        desk.session.switchMeeting(leave = false)
        assertTrue(desk.asked().isEmpty())
        assertNull(desk.session.state.askedAbout)
        desk.session.open(other)
        desk.session.switchMeeting(leave = true)
        assertEquals(listOf(Command.Open(other, null)), desk.asked())
    }

    @Test fun theLinkOfTheMeetingOneIsInChangesNothing() {
        val desk = Desk()
        desk.shows(call(person("Ben")))
        desk.session.open(OPENED.link)
        assertNull(desk.session.state.askedAbout)
        assertTrue(desk.asked().isEmpty())
    }

    @Test fun anOlderStateThatComesLateIsNotDrawn() {
        val desk = Desk()
        desk.shows(call(person("Ben")))
        desk.session.onSnapshot(HOME.copy(revision = 1u))
        assertEquals(Shown.CALL, desk.session.state.shown)
    }

    @Test fun backLeadsFromPagesToTheMeetingAndHomeButNeverOutOfACall() {
        val desk = Desk()
        desk.shows(OPENED)
        desk.session.go(Place.Servers)
        assertEquals(Shown.SERVERS, desk.session.state.shown)
        assertTrue(desk.session.back())
        assertEquals(Shown.PREJOIN, desk.session.state.shown)
        assertTrue(desk.session.back())
        assertEquals(listOf(Command.GoHome), desk.asked())
        desk.shows(call(person("Ben")))
        assertFalse(desk.session.back())
        desk.shows(HOME)
        assertFalse(desk.session.back())
    }

    @Test fun aTextThatIsNoLinkIsToldAtHomeAndEverythingElseAtTheEnd() {
        val desk = Desk()
        desk.shows(failed(UserError.LinkInvalid("no host")))
        assertEquals(Shown.HOME, desk.session.state.shown)
        desk.shows(failed(UserError.ServerUnreachable("meet.example.org")))
        assertEquals(Shown.ENDED, desk.session.state.shown)
    }

    @Test fun aMeetingThatBrokeOffWithTheAppIsOffered() {
        val mark = FakeMark()
        Desk(mark = mark).shows(call(person("Ben")))
        val again = Desk(mark = mark)
        assertEquals("Elterngruppe Dienstag", again.presenters.home.state().brokenOff?.room)
        again.presenters.home.rejoin()
        assertEquals(listOf(Command.Open(OPENED.link, null)), again.asked())
        assertNull(again.presenters.home.state().brokenOff)
    }

    @Test fun aMeetingThatWasLeftIsNotOffered() {
        val mark = FakeMark()
        val desk = Desk(mark = mark)
        desk.shows(call(person("Ben")))
        desk.shows(ended(EndReason.Left))
        assertNull(mark.open)
    }
}
