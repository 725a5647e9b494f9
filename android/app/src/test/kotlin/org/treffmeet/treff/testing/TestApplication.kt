package org.treffmeet.treff.testing

import android.view.Surface
import org.treffmeet.treff.TreffApplication
import org.treffmeet.treff.call.SoundRoute
import org.treffmeet.treff.camera.Extent
import org.treffmeet.treff.camera.OwnPicture
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.core.qrCode
import org.treffmeet.treff.running.CallService
import org.treffmeet.treff.running.Running
import org.treffmeet.treff.running.Sound
import org.treffmeet.treff.share.Audience
import org.treffmeet.treff.share.Consent
import org.treffmeet.treff.share.Projector
import org.treffmeet.treff.share.Sharing
import org.treffmeet.treff.telephony.PhoneCall
import org.treffmeet.treff.telephony.Telephony

/** The app on a fake core, with the phone's own service. */
class TestApplication : TreffApplication() {
    val core = FakeCore()
    val clock = FakeClock()
    val mark = FakeMark()
    val sound = FakeSound()
    val picture = FakePicture()
    val projector = FakeProjector()

    /** A phone without telephony of its own, as long as a story gives it none. */
    var telephony = Telephony { false }

    override fun start() = Running(core, clock, mark, ::qrCode, { Tone.GOOD }, { PhoneCall(it, sound, telephony, {}) { _, _ -> } }, picture, Sharing(projector, NoAudience), CallService.Switch(this)) { }

    private var revision = 1uL

    /** The core says that this is so now. */
    fun shows(snapshot: org.treffmeet.treff.core.Snapshot) {
        revision += 1u
        running.session.onSnapshot(snapshot.copy(revision = revision))
    }

    fun asked() = core.asked.toList().also { core.asked.clear() }
}

class FakeSound : Sound {
    var inCall = false
    override var available = listOf(SoundRoute.SPEAKER, SoundRoute.EARPIECE, SoundRoute.BLUETOOTH)
    override var chosen: SoundRoute? = SoundRoute.SPEAKER

    override fun use(inCall: Boolean) {
        this.inCall = inCall
    }

    override fun choose(route: SoundRoute) {
        chosen = route
    }
}

/** Notes what it is told to do. */
class FakeProjector(val done: MutableList<String> = mutableListOf()) : Projector {
    var told: Projector.Told? = null

    /** What is looked at before anything is captured. */
    var before: () -> Unit = {}

    override fun begin(handle: ULong, consent: Consent, told: Projector.Told) {
        before()
        done += "begin $handle"
        this.told = told
    }

    override fun watch(handle: ULong, watched: Boolean) {
        done += "watch $handle $watched"
    }

    override fun end(handle: ULong) {
        done += "end $handle"
    }
}

/** A core that does not listen. */
object NoAudience : Audience {
    override fun resized(handle: ULong, size: Extent) = Unit
    override fun ended(handle: ULong, problem: DeviceProblem) = Unit
}

/** Nothing comes of it. */
class FakePicture : OwnPicture {
    override fun show(on: Surface) = Unit
    override fun hide(from: Surface) = Unit
    override fun mirrored(wanted: Boolean) = Unit
}
