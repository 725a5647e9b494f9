package org.treffmeet.treff.running

import android.Manifest
import android.content.Intent
import android.net.Uri
import java.time.Duration
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.ConnectionState
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Guest
import org.treffmeet.treff.core.MadeUpPhone
import org.treffmeet.treff.core.TestLab
import org.treffmeet.treff.testing.LabApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.field
import org.treffmeet.treff.testing.named
import org.treffmeet.treff.testing.says
import org.treffmeet.treff.testing.views

/** The whole app, screens and core, in a meeting: what a person does from the tapped link to the end. */
@RunWith(RobolectricTestRunner::class)
@Config(application = LabApplication::class)
class AppInALabTest {
    private val app get() = RuntimeEnvironment.getApplication() as LabApplication

    private fun until(what: String, seen: () -> Boolean) = app.until(what, seen)

    /** Ada's window, in the call. */
    private fun adaInside(lab: TestLab): MainActivity {
        app.lab = lab
        shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO, Manifest.permission.POST_NOTIFICATIONS)
        val link = Intent(Intent.ACTION_VIEW, Uri.parse(lab.link))
        val activity = Robolectric.buildActivity(MainActivity::class.java, link).setup().get()
        until("the screen before the call") { activity.views().any { it.contentDescription == "Back" } }
        activity.field("My name").setText("Ada")
        activity.button("Join").performClick()
        until("the call") { activity.views().any { it.contentDescription == "Leave the meeting" } }
        return activity
    }

    @Test fun adaTapsALinkJoinsWritesAndLeaves() {
        TestLab("--people", "2").use { lab ->
            val activity = adaInside(lab)
            until("two others") { app.running.session.state.snapshot.participants.size == 2 }
            until("sound and picture") { app.running.session.state.snapshot.connection == ConnectionState.CONNECTED }
            until("their tiles") { app.running.session.state.snapshot.participants.all { person -> activity.views().any { it.contentDescription?.contains(person.name.orEmpty()) == true } } }

            activity.named("Chat").performClick()
            until("the chat") { activity.says("Nothing has been written yet") }
            activity.field("Message to everyone").setText("Guten Tag, ihr zwei 👋")
            activity.named("Send").performClick()
            until("her own words") { activity.says("Guten Tag, ihr zwei 👋") }
            activity.named("Close").performClick()

            // This machine has neither microphone nor loudspeaker, and the app says what it found last instead of seeming to be heard.
            until("the truth about this machine") {
                // A call looks twice a second whether there is something to say.
                app.news.idleFor(Duration.ofMillis(TICK_MS))
                activity.says("Nobody hears you") || activity.says("You hear nothing")
            }
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

    @Test fun benHearsAdaUntilSheMutesAndWhenSheSpeaksAgain() = MadeUpPhone.withSound {
        TestLab("--people", "0").use { lab ->
            Guest(lab).use { ben ->
                ben.join(lab, "Ben", microphone = false)
                val activity = adaInside(lab)
                until("Ben") { app.running.session.state.snapshot.participants.size == 1 }
                val ada = app.running.session.state.snapshot.me.endpoint
                fun heard(levels: Event.Levels) = levels.speakers.any { it.endpoint == ada && it.level > 0 }
                ben.until("Ada's voice", Event.Levels::class.java, ::heard)

                until("an open microphone") { activity.views().any { it.contentDescription == "Microphone, on" } }
                activity.named("Microphone, on").performClick()
                ben.sees("that she is muted") { it.participants.singleOrNull()?.tracks?.microphone == false }
                // How much of her came through from the beginning, in milliseconds, as told each second.
                val received = mutableListOf<ULong>()
                ben.until("that nothing more of her arrives", Event.Stats::class.java) { stats ->
                    received += stats.v1.speakers.single { it.endpoint == ada }.receivedMs
                    received.size >= SECONDS_OF_SILENCE && received.takeLast(SECONDS_OF_SILENCE).distinct().size == 1
                }

                until("a closed microphone") { activity.views().any { it.contentDescription == "Microphone, off" } }
                activity.named("Microphone, off").performClick()
                ben.until("her voice again", Event.Levels::class.java, ::heard)
                ben.sees("that she is not muted") { it.participants.singleOrNull()?.tracks?.microphone == true }
            }
        }
    }

    private companion object {
        const val SECONDS_OF_SILENCE = 3
        const val TICK_MS = 500L
    }
}
