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
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.TestLab
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.LabApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.field
import org.treffmeet.treff.testing.says

/** The list of servers on the core itself, from the screens to what is stored. */
@RunWith(RobolectricTestRunner::class)
@Config(application = LabApplication::class)
class ServersOnTheCoreTest {
    private val app get() = RuntimeEnvironment.getApplication() as LabApplication
    private val servers get() = app.running.session.state.snapshot.servers
    private val file = Uri.parse("content://org.example.files/treff-servers.json")

    private fun until(what: String, seen: () -> Boolean) = app.until(what, seen)

    private fun MainActivity.chooseFile(words: String) {
        button(words).performClick()
        shadowOf(this).receiveResult(shadowOf(this).nextStartedActivity, Activity.RESULT_OK, Intent().setData(file))
    }

    @Test fun whatRuthWritesAboutAServerIsPassedOnWithTheList() {
        TestLab("--people", "0").use { lab ->
            app.lab = lab
            val window = Robolectric.buildActivity(MainActivity::class.java).setup().get()
            until("the servers that Treff comes with") { servers.size > 1 }
            val first = servers.first().address
            app.running.session.go(Place.Servers)
            app.running.session.go(Place.OneServer(first))

            window.field("What I call it").run {
                requestFocus()
                setText("Der vom Chor")
            }
            window.field("My notes").run {
                requestFocus()
                setText("Nur abends.\nRuth fragen")
                clearFocus()
            }
            until("her own words") { servers.first().run { name == "Der vom Chor" && notes == "Nur abends.\nRuth fragen" } }
            window.button("Move down in the list").performClick()
            until("the new order") { servers[1].address == first }
            assertTrue(window.says("Number 2 of ${servers.size} in the list"))

            app.running.session.back()
            val kept = ByteArrayOutputStream()
            shadowOf(app.contentResolver).registerOutputStream(file, kept)
            window.chooseFile("Save the list")
            until("the saved list") { window.says("The list is saved.") }

            val before = servers.size
            app.running.session.go(Place.OneServer(first))
            window.button("Take off the list").performClick()
            until("a shorter list") { servers.size == before - 1 }
            shadowOf(app.contentResolver).registerInputStreamSupplier(file) { kept.toByteArray().inputStream() }
            window.chooseFile("Add a list from a file")
            until("the server that was taken off") { window.says("1 server was added.") }
            assertEquals("Der vom Chor" to "Nur abends.\nRuth fragen", servers.single { it.address == first }.run { name to notes })

            shadowOf(app.contentResolver).registerInputStreamSupplier(file) { "Dear Ruth".byteInputStream() }
            window.chooseFile("Add a list from a file")
            until("a sentence") { window.says("This is not a list of servers") }
            assertEquals("nothing is lost", before, servers.size)
        }
    }
}
