package org.treffmeet.treff.servers

import android.app.Activity
import android.content.Intent
import android.net.Uri
import java.io.ByteArrayOutputStream
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper
import org.robolectric.shadows.ShadowToast
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.says

/** The list of servers in a file that another app keeps. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class ListInAFileTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication
    private val file = Uri.parse("content://org.example.files/treff-servers.json")

    private fun page(): MainActivity {
        app.shows(HOME)
        app.running.session.go(Place.Servers)
        return Robolectric.buildActivity(MainActivity::class.java).setup().get()
    }

    /** What the person chose, and what becomes of it. */
    private fun MainActivity.chosen(asked: Intent, file: Uri?) {
        shadowOf(this).receiveResult(asked, if (file == null) Activity.RESULT_CANCELED else Activity.RESULT_OK, Intent().setData(file))
        settled()
    }

    private fun settled() {
        Thread.getAllStackTraces().keys.filter { it.name == "files" }.forEach(Thread::join)
        ShadowLooper.idleMainLooper()
    }

    @Test fun ruthAddsAListThatSheWasSent() {
        shadowOf(app.contentResolver).registerInputStream(file, "a list".byteInputStream())
        val page = page()
        page.button("Add a list from a file").performClick()
        val asked = shadowOf(page).nextStartedActivity
        assertEquals(Intent.ACTION_OPEN_DOCUMENT, asked.action)
        assertTrue(asked.hasCategory(Intent.CATEGORY_OPENABLE))
        page.chosen(asked, file)
        assertTrue(Command.ImportServers("a list") in app.asked())
        app.running.session.onEvent(Event.ServersImported(2u))
        assertTrue(page.says("2 servers were added."))
    }

    @Test fun orChangesHerMind() {
        val page = page()
        page.button("Add a list from a file").performClick()
        page.chosen(shadowOf(page).nextStartedActivity, null)
        assertTrue(app.asked().none { it is Command.ImportServers })
    }

    @Test fun aFileThatIsGoneIsToldInASentence() {
        shadowOf(app.contentResolver).registerInputStreamSupplier(file) { throw SecurityException("gone") }
        val page = page()
        page.button("Add a list from a file").performClick()
        page.chosen(shadowOf(page).nextStartedActivity, file)
        assertTrue(page.says("This file cannot be read."))
    }

    @Test fun sheSavesHerOwnList() {
        val kept = ByteArrayOutputStream()
        shadowOf(app.contentResolver).registerOutputStream(file, kept)
        val page = page()
        page.button("Save the list").performClick()
        val asked = shadowOf(page).nextStartedActivity
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, asked.action)
        assertEquals("treff-servers.json", asked.getStringExtra(Intent.EXTRA_TITLE))
        page.chosen(asked, file)
        assertTrue(Command.ExportServers in app.asked())
        app.running.session.onEvent(Event.ServersExported("her list"))
        settled()
        assertEquals("her list", kept.toString("UTF-8"))
        assertTrue(page.says("The list is saved."))
    }

    @Test fun aPhoneWithoutAnAppForFilesSaysSo() {
        shadowOf(app).checkActivities(true)
        page().button("Save the list").performClick()
        assertEquals("No app for files was found. Copy the list and paste it instead.", ShadowToast.getTextOfLatestToast())
    }
}
