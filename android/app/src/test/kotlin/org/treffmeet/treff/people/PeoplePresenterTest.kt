package org.treffmeet.treff.people

import org.junit.Assert.assertEquals
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Knocker
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class PeoplePresenterTest {
    private val desk = Desk()
    private val people = desk.presenters.sheets.people

    @Test fun raisedHandsComeFirstThenOneselfThenTheOthers() {
        desk.shows(call(person("Ben"), person("Cleo", hand = 20), person("Dora"), person("Emil", hand = 10)))
        assertEquals(listOf("emil", "cleo", "ada", "ben", "dora"), people.state().rows.map { it.endpoint })
    }

    @Test fun aModeratorMayLetPeopleIn() {
        val room = call(person("Ben", moderator = true))
        desk.shows(room.copy(door = room.door.copy(knocking = listOf(Knocker("7", "Ilse"), Knocker("8", "")))))
        assertEquals(listOf(said("Ilse"), words(R.string.guest)), people.state().knocking.map { it.name })
        people.admit("7")
        people.refuse("8")
        assertEquals(listOf(Command.Admit("7"), Command.Refuse("8")), desk.asked())
    }

    @Test fun somebodyTooQuietIsMadeLouder() {
        desk.shows(call(person("Ben")))
        people.setVolume("ben", 150)
        assertEquals(listOf(Command.SetVolume("ben", 1.5f)), desk.asked())
    }

    @Test fun initialsAreThoseOfTheFirstAndLastWord() {
        val table = mapOf("Ada" to "A", "großmutter ilse maria" to "GM", "  " to "?", "Ayşe Öztürk" to "AÖ", "😀 Ben" to "B", "42" to "4")
        for ((name, initials) in table) assertEquals(initials, People.initials(name))
    }
}
