package org.treffmeet.treff.call

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
import org.treffmeet.treff.core.Layout
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.core.Quality
import org.treffmeet.treff.core.Reaction
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.SpeakerLevel
import org.treffmeet.treff.core.VideoCodec
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.line
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.sharing
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class CallPresenterTest {
    private val desk = Desk()
    private val presenter = desk.presenters.call

    private fun onScreen() {
        presenter.visible(true)
        presenter.room(Size(344f, 620f), 1f, 2f)
    }

    private fun layouts() = desk.asked().filterIsInstance<Command.SetLayout>().map { it.layout }

    @Test fun benFillsTheScreenAndHisPictureIsAskedForInThatSize() {
        onScreen()
        desk.shows(call(person("Ben")))
        val tiles = presenter.state().tiles
        assertEquals(listOf(Subject.Person("ben"), Subject.Me), tiles.map { it.subject })
        assertEquals("ben-v0", tiles[0].source)
        assertNull(tiles[0].aspect)
        assertEquals(listOf(360), layouts().flatMap { (it as Layout.Tiles).v1 }.map { it.height })
        desk.session.onEvent(Event.FirstVideo("ben-v0", VideoCodec.VP8, 640u, 360u))
        assertEquals(16f / 9f, presenter.state().tiles[0].aspect)
    }

    @Test fun inTheBackgroundNoPicturesAreReceived() {
        onScreen()
        desk.shows(call(person("Ben")))
        presenter.state()
        desk.asked()
        presenter.visible(false)
        assertEquals(listOf(Layout.Nothing), layouts())
        presenter.state()
        assertTrue(layouts().isEmpty())
        presenter.visible(true)
        presenter.state()
        assertTrue(layouts().single() is Layout.Tiles)
    }

    @Test fun whoSpeaksHasARingAndIsSaidToSpeak() {
        onScreen()
        desk.shows(call(person("Ben"), person("Cleo", camera = false, muted = true, hand = 1)))
        desk.session.onEvent(Event.Levels(0f, listOf(SpeakerLevel("ben", 0.5f))))
        val (ben, cleo) = presenter.state().tiles
        assertTrue(ben.speaking)
        assertEquals(listOf(said("Ben"), words(R.string.word_speaking)), ben.spoken)
        assertEquals(listOf(said("Cleo"), words(R.string.word_mic_off), words(R.string.word_camera_off), words(R.string.word_hand)), cleo.spoken)
        desk.clock.now += 1_000
        assertFalse(presenter.state().tiles[0].speaking)
    }

    @Test fun whatWasWrittenIsCountedUntilTheChatIsOpen() {
        onScreen()
        val room = call(person("Ben"))
        desk.shows(room.copy(chat = listOf(line("1", "Ben", "Hallo"), line("2", "Ada", "Hallo Ben"), line("3", "Ben", "Na?"))))
        assertEquals(2, presenter.state().unread)
        presenter.toggle(Sheet.CHAT)
        assertEquals(0, presenter.state().unread)
        presenter.toggle(Sheet.CHAT)
        desk.shows(room.copy(chat = listOf(line("3", "Ben", "Na?"), line("4", "Ben", "Wo bist du?"))))
        assertEquals(1, presenter.state().unread)
    }

    @Test fun timeAndNetworkAreSaidInWords() {
        onScreen()
        desk.shows(call(person("Ben")).copy(quality = Quality.POOR))
        assertEquals(words(R.string.minutes_short, 24), presenter.state().time)
        assertEquals(words(R.string.very_weak), presenter.state().quality)
        desk.clock.now += 41 * 60_000
        assertEquals(words(R.string.hours_short, 1, 5), presenter.state().time)
    }

    @Test fun reactionsPass() {
        onScreen()
        desk.shows(call(person("Ben")))
        desk.session.onEvent(Event.Reaction("ben", Reaction.CLAP))
        assertEquals(listOf(said("Ben")), presenter.state().reactions.map { it.name })
        desk.clock.now += 4_000
        assertTrue(presenter.state().reactions.isEmpty())
        presenter.react(Reaction.LOVE)
        assertTrue(Command.SendReaction(Reaction.LOVE) in desk.asked())
    }

    @Test fun whatHappensIsToldToAScreenReader() {
        onScreen()
        desk.shows(call(person("Ben")))
        desk.session.onEvent(Event.Chat("ben", "Ben", "Hallo", false))
        desk.session.onEvent(Event.Chat("ada", "Ada", "Selbst geschrieben", false))
        assertEquals(words(R.string.writes, "Ben", "Hallo"), presenter.news())
        desk.clock.now += 5_000
        assertNull(presenter.news())
        desk.session.onEvent(Event.Reconnecting)
        assertEquals(words(R.string.reconnecting), presenter.news())
    }

    @Test fun aRefusedMicrophoneStaysOffAndOneThatWasAllowedGoesOn() {
        desk.shows(call(person("Ben")))
        presenter.microphoneAnswered(granted = false)
        assertTrue(presenter.state().microphoneTrouble)
        assertTrue(Command.SetMicrophone(true) !in desk.asked())
        presenter.microphoneAnswered(granted = true)
        assertTrue(Command.SetMicrophone(true) in desk.asked())
    }

    @Test fun inASmallWindowWhoeverSpeaksIsSeenAlone() {
        onScreen()
        desk.shows(call(person("Ben"), person("Cleo"), person("Dora")).copy(recentSpeakers = listOf("cleo")))
        presenter.small(true)
        assertEquals(listOf(Subject.Person("cleo")), presenter.state().tiles.map { it.subject })
        desk.shows(call(person("Ben"), person("Cleo"), person("Dora", screen = true)).copy(dominantSpeaker = "ben"))
        assertEquals(Subject.Shared("dora"), presenter.state().tiles.first().subject)
    }

    @Test fun theNextMeetingBeginsAfresh() {
        onScreen()
        desk.shows(call(person("Ben"), person("Cleo")))
        presenter.pin(Subject.Person("ben"))
        presenter.open(Sheet.PEOPLE)
        assertEquals(Stand.STAGE, presenter.state().tiles[0].stand)
        desk.shows(HOME)
        desk.shows(call(person("Ben"), person("Cleo")))
        assertNull(presenter.state().sheet)
        assertEquals(Stand.GRID, presenter.state().tiles[0].stand)
    }

    private fun seen(vararg others: String) = call(*others.map { person(it) }.toTypedArray()).let { it.copy(me = it.me.copy(camera = true)) }

    @Test fun inTheBackgroundNobodyIsFilmed() {
        onScreen()
        desk.shows(seen("Ben"))
        desk.asked()
        presenter.visible(false)
        assertTrue(Command.SetCamera(false) in desk.asked())
        desk.shows(call(person("Ben")))
        presenter.visible(true)
        assertTrue(Command.SetCamera(true) in desk.asked())
        // Once only: what the person switches off stays off.
        desk.shows(call(person("Ben")))
        presenter.visible(false)
        presenter.visible(true)
        assertTrue(desk.asked().none { it is Command.SetCamera })
    }

    @Test fun whileAnotherCallHoldsTheMeetingNobodyIsFilmed() {
        onScreen()
        desk.shows(seen("Ben"))
        desk.asked()
        desk.session.update { it.copy(held = true) }
        assertEquals(listOf(Command.SetCamera(false)), desk.asked().filterIsInstance<Command.SetCamera>())
        desk.shows(call(person("Ben")))
        // On her way to the telephone call's screen and back.
        presenter.visible(false)
        presenter.visible(true)
        presenter.setCamera(false)
        presenter.setCamera(true)
        assertTrue(desk.asked().none { it is Command.SetCamera })
        desk.session.update { it.copy(held = false) }
        assertEquals(listOf(Command.SetCamera(true)), desk.asked().filterIsInstance<Command.SetCamera>())
    }

    @Test fun aMeetingThatBeginsInTheBackgroundBeginsWithoutAPicture() {
        desk.shows(seen("Ben"))
        assertTrue(Command.SetCamera(false) in desk.asked())
        desk.shows(seen("Ben"))
        assertTrue("asked once", desk.asked().none { it is Command.SetCamera })
    }

    @Test fun aRefusedCameraStaysOffAndOneThatWasAllowedGoesOn() {
        onScreen()
        desk.shows(call(person("Ben")))
        presenter.cameraAnswered(granted = false)
        assertTrue(presenter.state().cameraTrouble)
        assertTrue(desk.asked().none { it is Command.SetCamera })
        presenter.cameraAnswered(granted = true)
        assertTrue(Command.SetCamera(true) in desk.asked())
        assertFalse(presenter.state().cameraTrouble)
    }

    @Test fun aLostCameraIsSaidInWordsAndTheCallGoesOn() {
        onScreen()
        desk.shows(call(person("Ben")))
        desk.session.onEvent(Event.Warning(Notice.CameraFailed(DeviceProblem.BUSY), ""))
        assertEquals(words(R.string.n_camera, words(R.string.why_busy)), presenter.state().banner?.text)
        assertFalse(presenter.state().camera)
    }

    @Test fun theOwnTileShowsTheOwnPictureAndTheOtherCameraIsOffered() {
        onScreen()
        desk.shows(call(person("Ben")))
        assertFalse(presenter.state().tiles.single { it.subject == Subject.Me }.own)
        assertFalse(presenter.state().otherCamera)
        desk.shows(seen("Ben"))
        assertTrue(presenter.state().tiles.single { it.subject == Subject.Me }.own)
        assertTrue(presenter.state().otherCamera)
        presenter.switchCamera()
        assertTrue(Command.SelectDevice(DeviceKind.CAMERA, "0") in desk.asked())
    }

    @Test fun theNextMeetingBeginsWithTheCameraThatLooksAtThePerson() {
        onScreen()
        val room = seen("Ben")
        desk.shows(room.copy(devices = room.devices.copy(camera = "0")))
        desk.asked()
        desk.shows(HOME.copy(devices = room.devices.copy(camera = "0")))
        assertTrue(Command.SelectDevice(DeviceKind.CAMERA, null) in desk.asked())
    }

    @Test fun theScreenIsOfferedOnlyWhereItCanBeShared() {
        onScreen()
        desk.shows(call(person("Ben")))
        assertFalse(presenter.state().mayShare)
        desk.shows(call(person("Ben")).sharing(shared = false))
        assertTrue(presenter.state().run { mayShare && !shares })
        desk.asked()
        presenter.share(true)
        desk.shows(call(person("Ben")).sharing())
        assertTrue(presenter.state().shares)
        presenter.share(false)
        assertEquals(listOf(Command.StartShare, Command.StopShare), desk.asked().filterNot { it is Command.SetLayout })
    }

    @Test fun aMicrophoneThatFailsJustBeforeTheStateSaysCallIsToldInIt() {
        onScreen()
        desk.shows(OPENED.copy(screen = Screen.Joining(null)))
        desk.session.onEvent(Event.Warning(Notice.MicrophoneFailed(DeviceProblem.MISSING), ""))
        desk.session.onEvent(Event.Warning(Notice.NotLiveYet, ""))
        desk.shows(call(person("Ben")))
        assertEquals(words(R.string.n_mic, words(R.string.why_missing)), presenter.state().banner?.text)
    }

    @Test fun aModeratorWhoEndsTheSharingIsToldAsThat() {
        onScreen()
        desk.shows(call(person("Ben")))
        desk.session.onEvent(Event.MutedByModerator("desktop", null))
        assertEquals(words(R.string.screen_by_moderator), presenter.state().banner?.text)
    }
}
