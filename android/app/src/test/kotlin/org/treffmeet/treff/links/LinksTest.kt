package org.treffmeet.treff.links

import android.content.Intent
import android.content.pm.ShortcutManager
import android.net.Uri
import java.io.File
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowAlertDialog
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.running.RecentShortcuts
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.NOW
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.recent

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class LinksTest {
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication
    private val link = "https://framatalk.org/Chorprobe"

    private fun view(link: String) = Intent(Intent.ACTION_VIEW, Uri.parse(link)).addCategory(Intent.CATEGORY_BROWSABLE).addCategory(Intent.CATEGORY_DEFAULT)

    private fun opened(intent: Intent): List<Command> {
        Robolectric.buildActivity(MainActivity::class.java, intent).setup()
        return app.asked().filterIsInstance<Command.Open>()
    }

    private fun reaches(intent: Intent) =
        app.packageManager.queryIntentActivities(intent, 0).any { it.activityInfo.packageName == app.packageName }

    @Test fun everyListedServersLinksLeadHereAndNoOthers() {
        val file = generateSequence(File("").absoluteFile) { it.parentFile }.map { File(it, "core/app/data/servers.json") }.first { it.exists() }
        val servers = JSONObject(file.readText()).getJSONArray("servers")
        for (index in 0 until servers.length()) {
            val host = servers.getJSONObject(index).getString("address")
            assertTrue(host, reaches(view("https://$host/Chorprobe")))
        }
        assertFalse(reaches(view("https://example.org/Chorprobe")))
        assertTrue(reaches(view("org.jitsi.meet://example.org/Chorprobe")))
        assertTrue(reaches(view("jitsi-meet://example.org/Chorprobe")))
        assertTrue(reaches(Intent(Intent.ACTION_SEND).setType("text/plain").addCategory(Intent.CATEGORY_DEFAULT)))
        assertTrue(reaches(Intent(Intent.ACTION_PROCESS_TEXT).setType("text/plain").addCategory(Intent.CATEGORY_DEFAULT)))
    }

    @Test fun aTappedLinkOpensAColdApp() = assertEquals(listOf(Command.Open(link, null)), opened(view(link)))

    @Test fun aSharedInvitationAndASelectedTextGoToTheCoreAsTheyAre() {
        val invitation = "Ilse lädt Sie ein: $link Bis gleich!"
        assertEquals(listOf(Command.Open(invitation, null)), opened(Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, invitation)))
        assertEquals(listOf(Command.Open(link, null)), opened(Intent(Intent.ACTION_PROCESS_TEXT).setType("text/plain").putExtra(Intent.EXTRA_PROCESS_TEXT, " $link ")))
    }

    @Test fun nothingAndNonsenseOpenNothing() {
        for (intent in listOf(Intent(Intent.ACTION_MAIN), Intent(Intent.ACTION_VIEW), Intent(Intent.ACTION_SEND).putExtra(Intent.EXTRA_TEXT, "  "), Intent())) assertNull(Links.from(intent))
        assertEquals(8_192, Links.from(Intent(Intent.ACTION_SEND).putExtra(Intent.EXTRA_TEXT, "x".repeat(1_000_000)))?.length)
    }

    @Test fun theLastMeetingsStandOnTheLauncherUntilTheyAreForgotten() {
        RecentShortcuts(app, app.running.session)
        val shortcuts = app.getSystemService(ShortcutManager::class.java)
        app.shows(HOME.copy(recent = (1..6).map { recent("Chor $it", "framatalk.org", NOW) }))
        assertEquals(listOf("Chor 1", "Chor 2", "Chor 3", "Chor 4"), shortcuts.dynamicShortcuts.sortedBy { it.rank }.map { it.shortLabel })
        assertEquals("https://framatalk.org/Chor1", Links.from(checkNotNull(shortcuts.dynamicShortcuts.single { it.rank == 0 }.intent)))
        app.shows(HOME)
        assertTrue(shortcuts.dynamicShortcuts.isEmpty())
    }

    @Test fun comingBackFromTheRecentAppsIsNoNewTap() =
        assertNull(Links.from(view(link).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY)))

    @Test fun aLinkReachesTheRunningAppAndAsksWhileInAnotherCall() {
        app.shows(HOME)
        val activity = Robolectric.buildActivity(MainActivity::class.java).setup()
        app.shows(call(person("Ben")))
        app.asked()
        activity.newIntent(view(link))
        assertTrue(app.asked().none { it is Command.Open })
        val dialog = ShadowAlertDialog.getLatestAlertDialog()
        assertTrue(dialog.isShowing)
        dialog.getButton(android.app.AlertDialog.BUTTON_POSITIVE).performClick()
        org.robolectric.shadows.ShadowLooper.idleMainLooper()
        assertTrue(Command.Open(link, null) in app.asked())
        assertFalse(dialog.isShowing)
    }
}
