package org.treffmeet.treff.home

import java.time.ZoneOffset
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.OtherService
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.testing.DAY
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.NOW
import org.treffmeet.treff.testing.SETTINGS
import org.treffmeet.treff.testing.failed
import org.treffmeet.treff.testing.recent
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class HomePresenterTest {
    private fun presenter(desk: Desk) = HomePresenter(desk.session) { ZoneOffset.UTC }

    @Test fun recentMeetingsAreNamedByServerAndDay() {
        val desk = Desk()
        desk.shows(
            HOME.copy(
                recent = listOf(
                    recent("Chor", "meet.example.org", NOW), recent("Eltern", "visio.example.net", NOW - DAY),
                    recent("Verein", "meet.example.com", NOW - 3 * DAY), recent("Ilse", "visio.example.net", NOW - 40 * DAY),
                    recent("Alt", "visio.example.net", NOW - 400 * DAY), recent("Morgen", "visio.example.net", NOW + DAY),
                ),
            ),
        )
        val days = presenter(desk).state().recent.map { (it.detail as Words.Text).args }
        val expected = listOf(
            listOf(said("Beispielserver"), words(R.string.today)), listOf(said("Visio Exemple"), words(R.string.yesterday)),
            listOf(said("meet.example.com"), Words.Weekday(NOW - 3 * DAY)), listOf(said("Visio Exemple"), Words.Day(NOW - 40 * DAY, year = false)),
            listOf(said("Visio Exemple"), Words.Day(NOW - 400 * DAY, year = true)), listOf(said("Visio Exemple"), words(R.string.today)),
        )
        assertEquals(expected, days)
    }

    @Test fun theFirstStartAsksOnceForAServer() {
        val desk = Desk()
        desk.shows(HOME.copy(preferredServer = null, settings = SETTINGS.copy(welcomed = false)))
        val home = presenter(desk)
        assertEquals(listOf("Beispielserver", "Visio Exemple", "Ontmoeting"), home.state().choices.map { it.name })
        home.choose("visio.example.net")
        val expected = listOf(Command.SetPreferredServer("visio.example.net"), Command.ChangeSettings(SETTINGS.copy(welcomed = true)))
        assertEquals(expected, desk.asked())
        desk.shows(HOME.copy(preferredServer = null))
        assertTrue(home.state().choices.isEmpty())
        assertNull(home.state().server)
    }

    @Test fun aMeetingOfAnotherSystemOpensInTheBrowserAndTypingTakesTheSentenceAway() {
        val desk = Desk()
        desk.shows(failed(UserError.OtherService(OtherService.ZOOM, "https://zoom.us/j/1")))
        val home = presenter(desk)
        assertEquals(words(R.string.e_service, "Zoom"), home.state().problem)
        assertEquals("https://zoom.us/j/1", home.state().browser)
        home.edited()
        assertEquals(listOf(Command.GoHome), desk.asked())
        desk.shows(HOME)
        home.edited()
        assertTrue(desk.asked().isEmpty())
    }
}
