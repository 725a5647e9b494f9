package org.treffmeet.treff.running

import android.Manifest
import android.app.Activity
import android.app.Notification
import android.content.Intent
import android.content.pm.PackageManager
import android.content.pm.ServiceInfo
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ServiceController
import org.robolectric.annotation.Config
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.share.Consent
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.ended
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.views

/** The service and its notification while a meeting runs. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class CallLifeTest {
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication

    private fun inCall(): ServiceController<CallService> {
        app.shows(call(person("Ben")))
        return Robolectric.buildService(CallService::class.java).create().startCommand(0, 1)
    }

    private fun ServiceController<CallService>.notification(): Notification = shadowOf(get()).lastForegroundNotification

    @Test fun aMeetingStartsTheServiceAndItsEndStopsIt() {
        app.shows(call(person("Ben")))
        assertEquals(CallService::class.java.name, shadowOf(app).nextStartedService.component?.className)
        assertTrue(app.sound.inCall)
        val service = Robolectric.buildService(CallService::class.java).create().startCommand(0, 1)
        app.shows(ended(EndReason.Left))
        assertTrue(shadowOf(service.get()).isStoppedBySelf)
        assertFalse(app.sound.inCall)
    }

    @Test fun theTypeSaysWhetherTheMicrophoneIsUsed() {
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PLAYBACK, inCall().get().foregroundServiceType)
        shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO)
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE, inCall().get().foregroundServiceType)
    }

    @Test fun theTypeSaysWhetherTheCameraIsUsed() {
        val seen = call(person("Ben")).let { it.copy(me = it.me.copy(camera = true)) }
        shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO, Manifest.permission.CAMERA)
        val service = inCall()
        app.shows(seen)
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE or ServiceInfo.FOREGROUND_SERVICE_TYPE_CAMERA, service.get().foregroundServiceType)
        app.shows(call(person("Ben")))
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE, service.get().foregroundServiceType)
    }

    @Test fun theTypeSaysThatTheScreenIsShownBeforeItIsCaptured() {
        shadowOf(app).grantPermissions(Manifest.permission.RECORD_AUDIO)
        val service = inCall()
        app.running.sharing.run {
            asker = { true }
            ask(1u)
            assertEquals("before the answer", ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE, service.get().foregroundServiceType)
            app.projector.before = {
                assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE or ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PROJECTION, service.get().foregroundServiceType)
            }
            answered(1, Consent(Activity.RESULT_OK, Intent()))
            assertEquals(listOf("begin 1"), app.projector.done)
            assertTrue(service.notification().actions.any { it.title.toString() == "Stop sharing" })
            close(1u)
        }
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE, service.get().foregroundServiceType)
        assertTrue(service.notification().actions.none { it.title.toString() == "Stop sharing" })
        service.withIntent(Intent(CallService.ACTION_STOP_SHARE)).startCommand(0, 2)
        assertEquals(listOf(Command.StopShare), app.asked())
    }

    @Test fun theNotificationMutesAndHangsUp() {
        val service = inCall()
        val notification = service.notification()
        assertEquals("Elterngruppe Dienstag", notification.extras.getString(Notification.EXTRA_TITLE))
        assertTrue(notification.actions.any { it.title.toString() == "Mute" })
        service.withIntent(Intent(CallService.ACTION_MICROPHONE)).startCommand(0, 2)
        service.withIntent(Intent(CallService.ACTION_HANG_UP)).startCommand(0, 3)
        assertEquals(listOf(Command.SetMicrophone(false), Command.Leave), app.asked())
        val muted = call(person("Ben"))
        app.shows(muted.copy(me = muted.me.copy(microphone = false)))
        assertTrue(service.notification().actions.any { it.title.toString() == "Microphone on" })
    }

    @Test fun whoSwipesTheAppAwayLeaves() {
        inCall().get().onTaskRemoved(null)
        assertEquals(listOf(Command.Leave), app.asked())
    }

    @Test fun theSmallWindowOverOtherAppsShowsPicturesOnly() {
        shadowOf(app.packageManager).setSystemFeature(PackageManager.FEATURE_PICTURE_IN_PICTURE, true)
        app.shows(call(person("Ben")))
        val window = Robolectric.buildActivity(MainActivity::class.java).setup()
        window.userLeaving()
        window.get().onPictureInPictureModeChanged(true, window.get().resources.configuration)
        assertTrue(app.running.presenters.call.state().small)
        assertTrue(window.get().views().none { it.contentDescription == "Leave the meeting" })
        window.get().onPictureInPictureModeChanged(false, window.get().resources.configuration)
        assertTrue(window.get().views().any { it.contentDescription == "Leave the meeting" })
    }

    @Test fun outsideAMeetingNothingRuns() {
        app.shows(ended(EndReason.Left))
        assertNull(shadowOf(app).nextStartedService)
    }
}
