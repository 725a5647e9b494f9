package org.treffmeet.treff.running

import android.Manifest.permission.CAMERA
import android.Manifest.permission.POST_NOTIFICATIONS
import android.Manifest.permission.RECORD_AUDIO
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager.PERMISSION_DENIED
import android.content.pm.PackageManager.PERMISSION_GRANTED
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.named
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.says
import org.treffmeet.treff.testing.sharing

/** Permissions are asked for when they are needed, and each refusal can be lived with. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class PermissionsTest {
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication

    private fun shown(): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java).setup()

    private fun ActivityController<MainActivity>.asks(): List<String> = shadowOf(get()).lastRequestedPermission?.requestedPermissions.orEmpty().toList()

    private fun ActivityController<MainActivity>.answer(vararg answers: Pair<String, Int>) {
        for ((permission, answer) in answers) if (answer == PERMISSION_GRANTED) shadowOf(app).grantPermissions(permission)
        get().onRequestPermissionsResult(
            shadowOf(get()).lastRequestedPermission.requestCode, answers.map { it.first }.toTypedArray(), answers.map { it.second }.toIntArray(),
        )
    }

    private fun joins() = app.asked().filterIsInstance<Command.Join>()

    @Test fun joiningAsksAndGoesOnWithTheAnswer() {
        app.shows(OPENED)
        val window = shown()
        window.get().button("Join").performClick()
        assertEquals(listOf(RECORD_AUDIO, CAMERA, POST_NOTIFICATIONS), window.asks())
        assertTrue(joins().isEmpty())
        window.answer(RECORD_AUDIO to PERMISSION_GRANTED, CAMERA to PERMISSION_GRANTED, POST_NOTIFICATIONS to PERMISSION_DENIED)
        assertTrue(joins().single().run { microphone && camera })
    }

    @Test fun whoRefusesTheMicrophoneReadsWhyAndListens() {
        app.shows(OPENED)
        val window = shown()
        window.get().button("Join").performClick()
        window.answer(RECORD_AUDIO to PERMISSION_DENIED, CAMERA to PERMISSION_GRANTED, POST_NOTIFICATIONS to PERMISSION_DENIED)
        assertTrue(joins().isEmpty())
        assertTrue(window.get().says("The microphone is not allowed for Treff."))
        window.get().button("Join").performClick()
        assertFalse(joins().single().microphone)
    }

    @Test fun theMicrophoneInMidCallAsksFirst() {
        val room = call(person("Ben"))
        app.shows(room.copy(me = room.me.copy(microphone = false)))
        val window = shown()
        window.get().named("Microphone, off").performClick()
        assertEquals(listOf(RECORD_AUDIO), window.asks())
        assertTrue(Command.SetMicrophone(true) !in app.asked())
        window.answer(RECORD_AUDIO to PERMISSION_GRANTED)
        assertTrue(Command.SetMicrophone(true) in app.asked())
    }

    @Test fun whoRefusesTheCameraReadsWhyAndIsHeard() {
        app.shows(OPENED)
        val window = shown()
        window.get().button("Join").performClick()
        window.answer(RECORD_AUDIO to PERMISSION_GRANTED, CAMERA to PERMISSION_DENIED, POST_NOTIFICATIONS to PERMISSION_DENIED)
        assertTrue(joins().isEmpty())
        assertTrue(window.get().says("The camera is not allowed for Treff."))
        window.get().button("Join").performClick()
        assertTrue(joins().single().run { microphone && !camera })
    }

    @Test fun theOwnPictureBeforeTheCallAsksFirst() {
        app.shows(OPENED)
        val window = shown()
        window.get().button("Show my picture").performClick()
        assertEquals(listOf(CAMERA), window.asks())
        window.answer(CAMERA to PERMISSION_GRANTED)
        assertTrue(Command.SetPreview(false, true) in app.asked())
    }

    @Test fun theScreenIsAskedForByTheSystemAndGoesToWhoAsked() {
        app.shows(call(person("Ben")).sharing(shared = false))
        val window = shown()
        window.get().named("More").performClick()
        window.get().named("Share the screen").performClick()
        assertTrue(Command.StartShare in app.asked())
        app.running.sharing.ask(7u)
        val asked = shadowOf(window.get()).nextStartedActivityForResult
        shadowOf(window.get()).receiveResult(asked.intent, Activity.RESULT_OK, Intent())
        assertEquals(listOf("begin 7"), app.projector.done)
        shadowOf(window.get()).receiveResult(asked.intent, Activity.RESULT_CANCELED, null)
        assertEquals(listOf("begin 7"), app.projector.done)
    }

    @Test fun whoRefusesToShowTheScreenShowsNothing() {
        app.shows(call(person("Ben")).sharing(shared = false))
        val window = shown()
        app.running.sharing.ask(7u)
        shadowOf(window.get()).receiveResult(shadowOf(window.get()).nextStartedActivityForResult.intent, Activity.RESULT_CANCELED, null)
        assertEquals(emptyList<String>(), app.projector.done)
    }

    @Test fun theCameraInMidCallAsksFirst() {
        app.shows(call(person("Ben")))
        val window = shown()
        window.get().named("Camera, off").performClick()
        assertEquals(listOf(CAMERA), window.asks())
        assertTrue(Command.SetCamera(true) !in app.asked())
        window.answer(CAMERA to PERMISSION_GRANTED)
        assertTrue(Command.SetCamera(true) in app.asked())
    }
}
