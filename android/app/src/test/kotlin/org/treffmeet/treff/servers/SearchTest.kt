package org.treffmeet.treff.servers

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.MORE_SERVERS
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class SearchTest {
    private val desk = Desk()
    private val servers = desk.presenters.servers

    private fun found() = servers.state().rows.map { it.name }

    @Test fun aShortListIsSeenAtAGlance() {
        desk.session.go(Place.Servers)
        assertNull(servers.state().search)
    }

    @Test fun ruthFindsAServerByWhoRunsIt() {
        desk.shows(MORE_SERVERS)
        desk.session.go(Place.Servers)
        assertEquals(5, found().size)
        servers.look(" freies NETZ ")
        assertEquals(listOf("Treffpunkt", "Alpen"), found())
        servers.look("example.nl")
        assertEquals(listOf("Ontmoeting"), found())
        servers.look("nobody")
        assertTrue(found().isEmpty())
        assertEquals(5, servers.state().known)
    }

    @Test fun orByHerOwnNotes() {
        desk.shows(MORE_SERVERS.copy(servers = MORE_SERVERS.servers.map { if (it.country == "NL") it.copy(notes = "vom Chor") else it }))
        desk.session.go(Place.Servers)
        servers.look("chor")
        assertEquals(listOf("Ontmoeting"), found())
    }

    @Test fun orByWhereItIs() {
        desk.shows(MORE_SERVERS)
        desk.session.go(Place.Servers)
        val expected = listOf(words(R.string.everywhere), words(R.string.in_eu)) + listOf("AT", "CH", "DE", "FR", "NL").map(Words::Country)
        assertEquals(expected, servers.state().search?.places?.map { it.second })
        servers.choose(Whereabouts.Eu)
        assertEquals(listOf("Beispielserver", "Visio Exemple", "Ontmoeting", "Treffpunkt"), found())
        assertEquals(1, servers.state().search?.chosen)
        servers.choose(Whereabouts.Country("CH"))
        assertEquals(listOf("Alpen"), found())
        servers.look("Beispiel")
        assertTrue("both have to fit", found().isEmpty())
    }

    @Test fun whereThereIsOneCountryThereIsNothingToChoose() {
        desk.shows(MORE_SERVERS.copy(servers = MORE_SERVERS.servers.map { it.copy(country = "AT") }))
        desk.session.go(Place.Servers)
        assertEquals(emptyList<Any>(), servers.state().search?.places)
    }

    @Test fun theSearchStaysWhileOneOfTheServersIsLookedAtAndNoLonger() {
        desk.shows(MORE_SERVERS)
        desk.session.go(Place.Servers)
        servers.look("Alpen")
        servers.open("alpen.example.ch")
        desk.session.back()
        assertEquals(listOf("Alpen"), found())
        desk.session.back()
        desk.session.go(Place.Servers)
        assertEquals("", servers.state().search?.text)
    }

    @Test fun whatIsSearchedForCanBeClearedThoughTheListBecameShort() {
        desk.shows(MORE_SERVERS)
        desk.session.go(Place.Servers)
        servers.look("Alpen")
        desk.shows(HOME)
        assertTrue(found().isEmpty())
        servers.look("")
        assertEquals(3, found().size)
    }
}
