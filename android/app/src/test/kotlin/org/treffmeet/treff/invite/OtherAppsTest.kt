package org.treffmeet.treff.invite

import android.app.AlertDialog
import android.content.Intent
import android.content.pm.ShortcutManager
import android.provider.CalendarContract
import android.widget.ListView
import org.junit.Assert.assertEquals
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
import org.robolectric.shadows.ShadowToast
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.call.Sheet
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.MINUTE
import org.treffmeet.treff.testing.NOW
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.recent
import org.treffmeet.treff.testing.views

/** A meeting in the calendar and on the launcher's screen. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class OtherAppsTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication

    private fun window() = Robolectric.buildActivity(MainActivity::class.java).setup().get()

    @Test fun theCalendarOpensWithTheMeetingInTheNextHour() {
        app.shows(call(person("Ben")))
        val window = window()
        app.running.presenters.call.open(Sheet.INVITE)
        window.button("Put into the calendar").performClick()
        val form = shadowOf(window).nextStartedActivity
        assertEquals(Intent.ACTION_INSERT, form.action)
        assertEquals(CalendarContract.Events.CONTENT_URI, form.data)
        assertEquals(OPENED.link, form.getStringExtra(CalendarContract.Events.EVENT_LOCATION))
        assertEquals(NOW + 30 * MINUTE, form.getLongExtra(CalendarContract.EXTRA_EVENT_BEGIN_TIME, 0))
    }

    @Test fun withoutACalendarTheLinkIsLeft() {
        shadowOf(app).checkActivities(true)
        app.shows(OPENED.copy(newMeeting = true))
        window().button("Put into the calendar").performClick()
        assertEquals("No calendar app was found. Copy the link instead.", ShadowToast.getTextOfLatestToast())
    }

    /** A long press on a recent meeting, and one of what it offers. */
    private fun choose(words: String) {
        app.shows(HOME.copy(recent = listOf(recent("Chorprobe", "framatalk.org", NOW))))
        window().views().first { it.isLongClickable && it.contentDescription?.contains("Chorprobe") == true }.performLongClick()
        val list: ListView = (ShadowAlertDialog.getLatestAlertDialog() as AlertDialog).listView
        val index = (0 until list.adapter.count).first { list.adapter.getItem(it) == words }
        shadowOf(list).performItemClick(index)
        ShadowLooper.idleMainLooper()
    }

    @Test fun aRecentMeetingIsPutOnTheLaunchersScreen() {
        shadowOf(app.getSystemService(ShortcutManager::class.java)).setIsRequestPinShortcutSupported(true)
        choose("Put on the home screen")
        val pinned = app.getSystemService(ShortcutManager::class.java).pinnedShortcuts.single()
        assertEquals("Chorprobe", pinned.shortLabel)
        assertEquals("https://framatalk.org/Chorprobe", pinned.intent?.dataString)
    }

    @Test fun orForgotten() {
        choose("Forget in this list")
        assertTrue(Command.ForgetRecent("https://framatalk.org/Chorprobe") in app.asked())
    }
}
