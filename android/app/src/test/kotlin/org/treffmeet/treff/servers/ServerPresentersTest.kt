package org.treffmeet.treff.servers

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.CheckState
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.ForeignPurpose
import org.treffmeet.treff.core.ServerCheck
import org.treffmeet.treff.core.ServerFeature
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.server.OwnWords
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class ServerPresentersTest {
    private val desk = Desk()

    @Test fun thePreferredServerHasATickAndTheOrderIsThePersons() {
        desk.shows(HOME.copy(preferredServer = "visio.example.net"))
        val rows = desk.presenters.servers.state().rows
        assertEquals(listOf("Beispielserver", "Visio Exemple", "Ontmoeting"), rows.map { it.name })
        assertEquals(listOf(false, true, false), rows.map { it.preferred })
        assertEquals(words(R.string.dot, "Association Exemple", Words.Country("FR")), rows[1].detail)
    }

    @Test fun anAddressThatIsNoServerIsToldAndTypingTakesTheSentenceAway() {
        desk.session.go(Place.Servers)
        desk.presenters.servers.add("???")
        assertEquals(listOf(Command.AddServer("???", null)), desk.asked())
        desk.session.onEvent(Event.ServerRefused(UserError.ServerInvalid("no host")))
        assertEquals(words(R.string.e_server), desk.presenters.servers.state().problem)
        desk.presenters.servers.edited()
        assertNull(desk.presenters.servers.state().problem)
    }

    @Test fun whatWasFoundIsToldInWordsWithAnExplanation() {
        desk.session.go(Place.OneServer("visio.example.net"))
        assertEquals(words(R.string.look), desk.presenters.server.state().look)
        desk.presenters.server.look()
        assertEquals(listOf(Command.CheckServer("visio.example.net")), desk.asked())
        val findings = listOf(
            Finding.Answers(84u), Finding.OpensRooms(true), Finding.Feature(ServerFeature.LOBBY, false),
            Finding.BrowserLoads(ForeignPurpose.STUN, "stun.example.com"), Finding.NothingForeign,
        )
        desk.shows(HOME.copy(checks = listOf(ServerCheck("visio.example.net", CheckState.Done(findings, 1u)))))
        val state = desk.presenters.server.state()
        assertEquals(words(R.string.look_again), state.look)
        val expected = listOf(
            words(R.string.f_answers) to words(R.string.f_ms, 84), words(R.string.f_opens) to words(R.string.f_opens_why),
            words(R.string.f_no_lobby) to words(R.string.f_not), words(R.string.f_stun) to words(R.string.f_browser_why, "stun.example.com"),
            words(R.string.f_nothing) to words(R.string.f_nothing_why),
        )
        assertEquals(expected, state.found.map { it.title to it.detail })
    }

    @Test fun aServerFromALinkIsAddedWhenItIsToBeUsed() {
        desk.session.go(Place.OneServer("meet.example.com"))
        assertNull(desk.presenters.server.state().own)
        assertEquals(words(R.string.not_your_server), desk.presenters.server.state().facts.single())
        desk.presenters.server.use()
        assertTrue(desk.asked().containsAll(listOf(Command.AddServer("meet.example.com", null), Command.SetPreferredServer("meet.example.com"))))
    }

    @Test fun paulCallsAServerAsHeLikesAndWritesAboutIt() {
        desk.session.go(Place.OneServer("visio.example.net"))
        val server = desk.presenters.server
        server.edit("visio.example.net", "Visio Exemple ", "")
        assertTrue("nothing new was written", desk.asked().isEmpty())
        server.edit("visio.example.net", " Der vom Chor ", "Nur abends.\nRuth fragen")
        val edited = Command.EditServer("visio.example.net", "Der vom Chor", "Nur abends.\nRuth fragen")
        assertEquals(listOf(edited), desk.asked())
        desk.shows(HOME.copy(servers = HOME.servers.map { if (it.address == "visio.example.net") it.copy(name = edited.name, notes = edited.notes) else it }))
        assertEquals("Der vom Chor", server.state().name)
        assertEquals(edited.name to edited.notes, server.state().own?.let { it.name to it.notes })
        server.edit("visio.example.net", " ", edited.notes)
        assertEquals("it gets back its own name", listOf(Command.EditServer("visio.example.net", "", edited.notes)), desk.asked())
    }

    @Test fun whatIsWrittenLastIsKeptAlthoughThePageIsLeft() {
        desk.session.go(Place.OneServer("visio.example.net"))
        desk.session.back()
        desk.presenters.server.edit("visio.example.net", "Der vom Chor", "")
        assertEquals(listOf(Command.EditServer("visio.example.net", "Der vom Chor", "")), desk.asked())
        desk.presenters.server.edit("meet.example.com", "Not on the list", "")
        assertTrue(desk.asked().isEmpty())
    }

    @Test fun aServerGoesUpAndDownAsFarAsTheListReaches() {
        val server = desk.presenters.server
        desk.session.go(Place.OneServer("meet.example.org"))
        assertEquals(OwnWords("Beispielserver", "", words(R.string.place_in_list, 1, 3), up = false, down = true), server.state().own)
        server.moveUp()
        assertTrue(desk.asked().isEmpty())
        server.moveDown()
        assertEquals(listOf(Command.MoveServer("meet.example.org", 1u)), desk.asked())
        desk.session.go(Place.OneServer("meet.example.nl"))
        assertEquals(true to false, server.state().own?.let { it.up to it.down })
        server.moveDown()
        assertTrue(desk.asked().isEmpty())
        server.moveUp()
        assertEquals(listOf(Command.MoveServer("meet.example.nl", 1u)), desk.asked())
    }

    @Test fun aServerTakenOffTheListLeadsBackToIt() {
        desk.session.go(Place.Servers)
        desk.session.go(Place.OneServer("visio.example.net"))
        desk.presenters.server.takeOff()
        assertEquals(listOf<Place>(Place.Servers), desk.session.state.places)
        assertEquals(listOf(Command.RemoveServer("visio.example.net")), desk.asked())
    }
}
