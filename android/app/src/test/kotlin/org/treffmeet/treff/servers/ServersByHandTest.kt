package org.treffmeet.treff.servers

import android.app.AlertDialog
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowAlertDialog
import org.robolectric.shadows.ShadowLooper
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.MORE_SERVERS
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.field
import org.treffmeet.treff.testing.named
import org.treffmeet.treff.testing.says

/** What fields and questions of the servers' pages do with what a person types and taps. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class ServersByHandTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication

    private fun page(vararg places: Place): MainActivity {
        places.forEach(app.running.session::go)
        return Robolectric.buildActivity(MainActivity::class.java).setup().get()
    }

    @Test fun ruthLooksForAServerInTheEu() {
        app.shows(MORE_SERVERS)
        val page = page(Place.Servers)
        page.field("Search the list").setText("freies netz")
        assertTrue(page.says("Treffpunkt") && page.says("Alpen"))
        page.named("Where the server is, Everywhere").performClick()
        val question = ShadowAlertDialog.getLatestAlertDialog() as AlertDialog
        assertEquals(0, question.listView.checkedItemPosition)
        val index = (0 until question.listView.adapter.count).first { question.listView.adapter.getItem(it) == "In the EU" }
        shadowOf(question.listView).performItemClick(index)
        ShadowLooper.idleMainLooper()
        assertTrue(page.says("Treffpunkt"))
        assertFalse(page.says("Alpen"))
        page.named("Where the server is, In the EU")
    }

    @Test fun whatPaulTypedIsThereAgainAfterALookAtAServer() {
        app.shows(MORE_SERVERS)
        val page = page(Place.Servers)
        page.field("Search the list").setText("Alpen")
        app.running.session.go(Place.OneServer("alpen.example.ch"))
        page.named("Back").performClick()
        assertEquals("Alpen", page.field("Search the list").text.toString())
        assertFalse(page.says("Treffpunkt"))
    }

    @Test fun whatHeWritesIsKeptThoughHeGoesBackAtOnce() {
        app.shows(HOME)
        val page = page(Place.Servers, Place.OneServer("visio.example.net"))
        page.field("My notes").run {
            requestFocus()
            setText("Nur abends")
        }
        page.named("Back").performClick()
        assertTrue(Command.EditServer("visio.example.net", "Visio Exemple", "Nur abends") in app.asked())
    }

    @Test fun aNameThatHeWipesOutIsTheOldOneUntilTheCoreGivesItAnother() {
        app.shows(HOME)
        val page = page(Place.Servers, Place.OneServer("visio.example.net"))
        page.field("What I call it").run {
            requestFocus()
            setText(" ")
            clearFocus()
        }
        assertTrue(Command.EditServer("visio.example.net", "", "") in app.asked())
        assertEquals("Visio Exemple", page.field("What I call it").text.toString())
    }

    @Test fun theLastOneCannotGoFurtherDown() {
        app.shows(HOME)
        val page = page(Place.Servers, Place.OneServer("meet.example.nl"))
        assertFalse(page.button("Move down in the list").isEnabled)
        page.button("Move up in the list").performClick()
        assertTrue(Command.MoveServer("meet.example.nl", 1u) in app.asked())
    }
}
