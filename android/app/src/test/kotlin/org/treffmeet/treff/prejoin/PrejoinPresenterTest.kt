package org.treffmeet.treff.prejoin

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DeviceKind
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Preview
import org.treffmeet.treff.core.Protection
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.SETTINGS
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class PrejoinPresenterTest {
    @Test fun adaSeesWhoRunsTheServerAndJoinsWithHerName() {
        val desk = Desk()
        desk.shows(OPENED.copy(settings = SETTINGS.copy(name = "Ada")))
        val before = desk.presenters.prejoin
        assertEquals(words(R.string.run_by, "Beispielverein e. V.", Words.Country("DE")), before.state().trust)
        assertEquals("Ada", before.state().name)
        before.join(" Ada L. ")
        assertEquals(listOf(Command.Join("Ada L.", null, true, true, Protection(null, false))), desk.asked())
    }

    @Test fun anUnknownServerIsNamedByItsAddress() {
        val desk = Desk()
        desk.shows(OPENED.copy(link = "https://meet.example.com:8443/club/Chor"))
        assertEquals(words(R.string.server_line, "meet.example.com:8443/club"), desk.presenters.prejoin.state().trust)
    }

    @Test fun whoeverRefusesTheMicrophoneIsToldAndMayListen() {
        val desk = Desk()
        desk.shows(OPENED)
        val before = desk.presenters.prejoin
        before.microphoneAnswered(granted = false)
        assertEquals(words(R.string.mic_refused), before.state().microphoneProblem)
        assertTrue(before.state().refused)
        assertFalse(before.state().microphone)
        before.join("")
        assertEquals(listOf(Command.Join(null, null, false, true, Protection(null, false))), desk.asked())
    }

    @Test fun theMicrophoneIsMeasuredOnlyWhileItIsAllowedOnAndInSight() {
        val desk = Desk()
        val before = desk.presenters.prejoin
        before.allow(hears = true, sees = false)
        assertTrue(desk.asked().isEmpty())
        desk.shows(OPENED)
        assertEquals(listOf(Command.SetPreview(true, false)), desk.asked())
        desk.session.onEvent(Event.Levels(0.5f, emptyList()))
        assertEquals(6, before.state().level)
        before.setMicrophone(false)
        assertNull(before.state().level)
        before.setMicrophone(true)
        before.allow(hears = false, sees = false)
        val expected = listOf(false, true, false).map { Command.SetPreview(it, false) }
        assertEquals(expected, desk.asked())
    }

    @Test fun theMicrophoneBeginsAsSet() {
        val desk = Desk()
        desk.shows(OPENED.copy(settings = SETTINGS.copy(microphoneOn = false)))
        assertFalse(desk.presenters.prejoin.state().microphone)
    }

    @Test fun adaSeesHerselfOnceTheCameraIsAllowedAndOnlyWhileItIsOn() {
        val desk = Desk()
        desk.shows(OPENED)
        val before = desk.presenters.prejoin
        assertTrue("the picture is one tap away", before.state().askForCamera)
        before.cameraAnswered(granted = true)
        before.allow(hears = false, sees = true)
        assertEquals(listOf(Command.SetPreview(false, true)), desk.asked())
        desk.shows(OPENED.copy(preview = Preview(false, true)))
        assertTrue(before.state().picture)
        assertFalse(before.state().askForCamera)
        before.setCamera(false)
        assertEquals(listOf(Command.SetPreview(false, false)), desk.asked())
        before.join("")
        assertEquals(listOf(Command.Join(null, null, true, false, Protection(null, false))), desk.asked())
    }

    @Test fun whoeverRefusesTheCameraIsToldAndMayJoinWithoutAPicture() {
        val desk = Desk()
        desk.shows(OPENED)
        val before = desk.presenters.prejoin
        before.cameraAnswered(granted = false)
        assertEquals(words(R.string.camera_refused), before.state().cameraProblem)
        assertEquals(false, before.state().camera)
        assertFalse(before.state().askForCamera)
        before.join("")
        assertEquals(listOf(Command.Join(null, null, true, false, Protection(null, false))), desk.asked())
    }

    @Test fun aCameraThatAnotherAppUsesIsNamed() {
        val desk = Desk()
        desk.shows(OPENED.copy(devices = OPENED.devices.copy(cameraProblem = DeviceProblem.BUSY)))
        val before = desk.presenters.prejoin
        before.allow(hears = true, sees = true)
        assertEquals(words(R.string.camera_busy), before.state().cameraProblem)
        before.setCamera(false)
        assertNull(before.state().cameraProblem)
    }

    @Test fun theOtherCameraIsOneTapAway() {
        val desk = Desk()
        desk.shows(OPENED.copy(preview = Preview(false, true)))
        val before = desk.presenters.prejoin
        assertTrue(before.state().otherCamera)
        before.switchCamera()
        assertEquals(listOf(Command.SelectDevice(DeviceKind.CAMERA, "0")), desk.asked())
        desk.shows(OPENED.copy(devices = OPENED.devices.copy(camera = "0")))
        before.switchCamera()
        assertEquals(listOf(Command.SelectDevice(DeviceKind.CAMERA, "1")), desk.asked())
    }

    @Test fun aPhoneWithoutACameraSaysNothingOfOne() {
        val desk = Desk()
        desk.shows(OPENED.copy(devices = OPENED.devices.copy(cameras = emptyList())))
        val before = desk.presenters.prejoin
        before.allow(hears = false, sees = true)
        assertNull(before.state().camera)
        assertFalse(before.state().askForCamera)
        before.join("")
        assertEquals(listOf(Command.Join(null, null, true, false, Protection(null, false))), desk.asked())
    }
}
