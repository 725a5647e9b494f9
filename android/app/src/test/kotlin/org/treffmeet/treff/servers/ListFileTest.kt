package org.treffmeet.treff.servers

import java.io.ByteArrayOutputStream
import java.io.FileNotFoundException
import java.io.IOException
import java.io.InputStream
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.words

/** Lists of servers that are passed on. */
class ListFileTest {
    private val list = """{"treff_servers":1,"servers":[{"address":"meet.example.com","name":"Für Großmutter","notes":""}]}"""
    private val desk = Desk()
    private val servers = desk.presenters.servers

    private fun refused() = desk.session.onEvent(Event.ServerRefused(UserError.ServerInvalid("no list")))

    @Test fun aFileIsReadToItsEnd() {
        assertEquals(ListFile.Read(list), ListFile.read { list.byteInputStream() })
        assertEquals("with an editor's mark", ListFile.Read(list), ListFile.read { "\uFEFF$list".byteInputStream() })
        assertEquals(ListFile.Read("x".repeat(ListFile.MOST_BYTES)), ListFile.read { ByteArray(ListFile.MOST_BYTES) { 'x'.code.toByte() }.inputStream() })
    }

    @Test fun ofAFileWithoutEndNoMoreIsReadThanAListCanBe() {
        var read = 0
        val endless = object : InputStream() {
            override fun read() = 'x'.code.also { read++ }
        }
        assertEquals(ListFile.TooLarge, ListFile.read { endless })
        assertTrue("$read bytes", read < 2 * ListFile.MOST_BYTES)
    }

    @Test fun whatCannotBeReadIsNoReasonToEnd() {
        assertEquals(ListFile.Unreadable, ListFile.read { null })
        assertEquals(ListFile.Unreadable, ListFile.read { throw FileNotFoundException() })
        assertEquals(ListFile.Unreadable, ListFile.read { throw SecurityException() })
        assertEquals("no UTF-8", ListFile.Unreadable, ListFile.read { byteArrayOf(-1, -2, 0, 7).inputStream() })
        assertFalse(ListFile.write(list) { throw IOException("full") })
        val kept = ByteArrayOutputStream()
        assertTrue(ListFile.write(list) { kept })
        assertEquals(list, kept.toString("UTF-8"))
    }

    @Test fun theListIsSavedWhereRuthChose() {
        desk.session.go(Place.Servers)
        var written = ""
        servers.save { written = it }
        assertEquals(listOf(Command.ExportServers), desk.asked())
        desk.session.onEvent(Event.ServersExported(list))
        assertEquals(list, written)
        servers.saved(true)
        assertEquals(words(R.string.list_saved), servers.state().news)
        servers.saved(false)
        assertNull(servers.state().news)
        assertEquals(words(R.string.list_not_saved), servers.state().problem)
    }

    @Test fun theServersOfAFileComeToThoseThatAreThere() {
        desk.session.go(Place.Servers)
        servers.takeIn(ListFile.Read(list))
        assertEquals(listOf(Command.ImportServers(list)), desk.asked())
        desk.session.onEvent(Event.ServersImported(1u))
        assertEquals(counted(R.plurals.servers_added, 1), servers.state().news)
        servers.takeIn(ListFile.Read(list))
        assertNull("not told twice", servers.state().news)
        desk.session.onEvent(Event.ServersImported(0u))
        assertEquals(words(R.string.none_new), servers.state().news)
    }

    @Test fun aCopiedListIsPastedWhereAnAddressGoes() {
        desk.session.go(Place.Servers)
        servers.add(" $list\n")
        servers.add("meet.example.com visio.example.net")
        servers.add("meet.example.com")
        assertEquals(listOf(Command.ImportServers(list), Command.ImportServers("meet.example.com visio.example.net"), Command.AddServer("meet.example.com", null)), desk.asked())
    }

    @Test fun aFileThatIsNoListIsToldWithAWayOut() {
        desk.session.go(Place.Servers)
        servers.takeIn(ListFile.TooLarge)
        assertEquals(words(R.string.list_too_large), servers.state().problem)
        servers.takeIn(ListFile.Unreadable)
        assertEquals(words(R.string.list_unreadable), servers.state().problem)
        assertTrue(desk.asked().isEmpty())
        servers.takeIn(ListFile.Read("Dear Ruth"))
        assertNull(servers.state().problem)
        refused()
        assertEquals(words(R.string.no_list), servers.state().problem)
        servers.add("???")
        assertNull(servers.state().problem)
        refused()
        assertEquals("an address again", words(R.string.e_server), servers.state().problem)
    }

    @Test fun anAppThatTheSystemTookAwayMeanwhileTellsItOnTheListsPage() {
        servers.takeIn(ListFile.Unreadable)
        assertEquals(listOf<Place>(Place.Servers), desk.session.state.places)
        assertEquals(words(R.string.list_unreadable), servers.state().problem)
        desk.session.back()
        desk.session.go(Place.Servers)
        assertNull("it is over", servers.state().problem)
    }

    @Test fun aMeetingIsNotCoveredByIt() {
        desk.shows(call(person("Ben")))
        servers.takeIn(ListFile.TooLarge)
        assertTrue(desk.session.state.places.isEmpty())
    }
}
