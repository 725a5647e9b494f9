package org.treffmeet.treff.chat

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.line
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class ChatPresenterTest {
    private val desk = Desk()
    private val chat = desk.presenters.sheets.chat

    @Test fun everyLineSaysWhoWroteItAndForWhom() {
        desk.shows(
            call(person("Ben")).copy(
                chat = listOf(
                    line("1", "Ben", "Hallo"), line("2", "Ada", "Guten Abend"), line("3", "Ben", "Psst", private = true),
                    line("4", "Ada", "Ja?", private = true, to = "ben"), line("5", "Cleo", "War schön"),
                ),
            ),
        )
        val rows = chat.state().rows
        val expected = listOf(said("Ben"), words(R.string.you), words(R.string.private_to_you, "Ben"), words(R.string.you_private, "Ben"), said("Cleo"))
        assertEquals(expected, rows.map { it.who })
        // Cleo has left, so that nobody can answer her.
        assertEquals(listOf("ben", null, "ben", null, null), rows.map { it.answer })
    }

    @Test fun aPrivateMessageGoesToOnePersonAndOnlyWhileTheyAreHere() {
        desk.shows(call(person("Ben")))
        desk.presenters.sheets.people.write("ben")
        assertEquals(said("Ben"), chat.state().to)
        assertTrue(chat.send(" Hallo "))
        assertEquals(listOf(Command.SendChat("Hallo", "ben")), desk.asked())
        desk.shows(call(person("Cleo")))
        assertNull(chat.state().to)
        chat.send("Hallo alle")
        assertEquals(listOf(Command.SendChat("Hallo alle", null)), desk.asked())
    }

    @Test fun nothingIsNotSent() {
        desk.shows(call(person("Ben")))
        assertFalse(chat.send("  \n "))
        assertTrue(desk.asked().isEmpty())
    }
}
