package org.treffmeet.treff.call

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.ConnectionState
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Knocker
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.sharing
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.words

class BannersTest {
    private val quiet = call(person("Ben"))
    private val mute = quiet.copy(me = quiet.me.copy(microphone = false))

    @Test fun theMostUrgentIsShownAlone() {
        val banners = Banners()
        banners.follow(0, mute)
        assertNull(banners.shown(0, mute))
        banners.notice(0, Notice.ServerGoesDown)
        assertEquals(words(R.string.n_goes_down), banners.shown(0, mute)?.text)
        banners.speaksMuted(0)
        assertEquals(Banner(words(R.string.muted_speaking), Banner.Action.SwitchOn), banners.shown(0, mute))
        val knocked = mute.copy(door = mute.door.copy(knocking = listOf(Knocker("1", " "), Knocker("2", "Ilse"))))
        val guest = words(R.string.guest)
        assertEquals(Banner(counted(R.plurals.knocks_more, 1, guest), Banner.Action.Admit("1", guest)), banners.shown(0, knocked))
        assertEquals(words(R.string.reconnecting), banners.shown(0, knocked.copy(connection = ConnectionState.RECONNECTING))?.text)
        assertEquals(Banner.Action.TakeBack, banners.shown(0, knocked, held = true)?.action)
    }

    @Test fun aSharedScreenIsSaidForAsLongAsItIs() {
        val banners = Banners()
        val shared = quiet.sharing()
        val said = Banner(words(R.string.you_share), Banner.Action.StopShare)
        assertEquals(said, banners.shown(0, shared))
        banners.notice(0, Notice.ServerGoesDown)
        assertEquals(words(R.string.n_goes_down), banners.shown(0, shared)?.text)
        assertEquals(said, banners.shown(10_000, shared))
        assertNull(banners.shown(10_000, quiet.sharing(shared = false)))
        banners.notice(20_000, Notice.ShareFailed(DeviceProblem.REFUSED))
        assertEquals(words(R.string.n_share_over), banners.shown(20_000, quiet)?.text)
    }

    @Test fun sentencesPassAndCanBeClosed() {
        val banners = Banners()
        banners.notice(0, Notice.MicrophoneFailed(DeviceProblem.BUSY))
        assertEquals(words(R.string.n_mic, words(R.string.why_busy)), banners.shown(9_999, mute)?.text)
        assertNull(banners.shown(10_000, mute))
        banners.mutedByModerator(20_000)
        banners.close()
        assertNull(banners.shown(20_000, mute))
    }

    @Test fun aCameraThatIsOfNoUseIsSaidOnceForAWhile() {
        val banners = Banners()
        banners.notice(0, Notice.CameraFailed(DeviceProblem.MISSING))
        assertEquals(words(R.string.n_camera, words(R.string.why_missing)), banners.shown(0, mute)?.text)
        assertNull(banners.shown(10_000, mute))
    }

    @Test fun recordingThatBeginsIsNewsAndOneThatRanBeforeIsNot() {
        val banners = Banners()
        banners.follow(0, quiet.copy(recording = true))
        assertNull(banners.shown(0, quiet.copy(recording = true)))
        banners.follow(1, quiet)
        banners.follow(2, quiet.copy(recording = true))
        assertEquals(words(R.string.recording_began), banners.shown(2, quiet)?.text)
    }

    @Test fun connectingIsToldWhenItTakesLongAndSomebodyIsThere() {
        val banners = Banners()
        val joined = quiet.copy(connection = ConnectionState.JOINED)
        banners.follow(0, joined.copy(participants = emptyList()))
        assertNull(banners.shown(5_000, joined))
        banners.follow(5_000, joined)
        assertNull(banners.shown(7_000, joined))
        assertEquals(words(R.string.connecting_media), banners.shown(8_000, joined)?.text)
    }
}
