package org.treffmeet.treff.running

import android.Manifest
import android.content.Intent
import android.net.Uri
import android.os.Looper
import org.junit.Assert.fail
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowPausedLooper
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.TreffApplication
import org.treffmeet.treff.core.ConnectionState
import org.treffmeet.treff.core.TestLab
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.field
import org.treffmeet.treff.testing.named
import org.treffmeet.treff.testing.says
import org.treffmeet.treff.testing.views

/** The whole app, screens and core, in a meeting: what a person does from the tapped link to the end. */
@RunWith(RobolectricTestRunner::class)
@Config(application = AppInALabTest.Application::class)
class AppInALabTest {
    class Application : TreffApplication() {
        lateinit var lab: TestLab

        override fun start() = Running.start(this, org.treffmeet.treff.core.Config(resolve = listOf(lab.resolve)), lab.trust()) { client ->
            NetworkSwitch { client.setAddresses(listOf("127.0.0.1")) }
        }
    }

    private val app get() = RuntimeEnvironment.getApplication() as Application
    private val news get() = shadowOf(Looper.getMainLooper()) as ShadowPausedLooper

    private fun until(what: String, seen: () -> Boolean) {
        val deadline = System.nanoTime() + PATIENCE_NS
        while (!seen()) {
            if (System.nanoTime() > deadline) fail("waited in vain for $what; the state: ${app.running.session.state}")
            news.poll(POLL_MS)
            news.idle()
        }
    }

    @Test fun adaTapsALinkJoinsWritesAndLeaves() {
        TestLab("--people", "2").use { lab ->
            app.lab = lab
            shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO, Manifest.permission.POST_NOTIFICATIONS)
            val link = Intent(Intent.ACTION_VIEW, Uri.parse(lab.link))
            val activity = Robolectric.buildActivity(MainActivity::class.java, link).setup().get()
            until("the screen before the call") { activity.views().any { it.contentDescription == "Back" } }
            activity.field("My name").setText("Ada")
            activity.button("Join").performClick()
            until("the call") { activity.views().any { it.contentDescription == "Leave the meeting" } }
            until("two others") { app.running.session.state.snapshot.participants.size == 2 }
            until("sound and picture") { app.running.session.state.snapshot.connection == ConnectionState.CONNECTED }
            until("their tiles") { app.running.session.state.snapshot.participants.all { person -> activity.views().any { it.contentDescription?.contains(person.name.orEmpty()) == true } } }

            activity.named("Chat").performClick()
            until("the chat") { activity.says("Nothing has been written yet") }
            activity.field("Message to everyone").setText("Guten Tag, ihr zwei 👋")
            activity.named("Send").performClick()
            until("her own words") { activity.says("Guten Tag, ihr zwei 👋") }
            activity.named("Close").performClick()

            // This machine has no microphone, and the app says so instead of seeming to be heard.
            until("the truth about the microphone") { activity.says("Nobody hears you") }
            activity.named("Microphone, off")
            activity.named("More").performClick()
            until("what more there is") { activity.views().any { it.contentDescription == "Raise the hand" } }
            activity.named("Raise the hand").performClick()
            until("a raised hand") { app.running.session.state.snapshot.me.handRaised }
            activity.named("Raise the hand").performClick()
            until("a lowered hand") { !app.running.session.state.snapshot.me.handRaised }
            activity.named("Close").performClick()
            activity.named("Leave the meeting").performClick()
            until("the end") { activity.says("You left the meeting") }
            activity.button("Home").performClick()
            until("home, with the meeting to go back to") { activity.says("Recent") }
        }
    }

    private companion object {
        const val PATIENCE_NS = 30_000_000_000L
        const val POLL_MS = 1_000L
    }
}
