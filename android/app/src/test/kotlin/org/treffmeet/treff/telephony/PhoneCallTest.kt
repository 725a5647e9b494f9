package org.treffmeet.treff.telephony

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.call.SoundRoute
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.FakeSound
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.ended
import org.treffmeet.treff.testing.person

/** Ada's meeting among her phone's other calls. */
class PhoneCallTest {
    /** What her phone's telephony was told about the call. */
    private class FakeLine : Line {
        val told = mutableListOf<String>()

        override fun active() = note("active")
        override fun held() = note("held")
        override fun route(route: SoundRoute) = note(route.name)
        override fun unmute() = note("unmute")
        override fun end() = note("end")

        fun news() = told.toList().also { told.clear() }

        private fun note(what: String) {
            told += what
        }
    }

    private val desk = Desk()
    private val own = FakeSound()
    private val line = FakeLine()
    private var hasTelephony = true
    private var atTheEar = false
    private var patience: () -> Unit = {}
    private val call = PhoneCall(desk.session, own, { hasTelephony }, { atTheEar = it }) { _, then -> patience = then }
    private val speaking = call(person("Ben")).let { it.copy(me = it.me.copy(microphone = true)) }
    private val muted = call(person("Ben")).let { it.copy(me = it.me.copy(microphone = false)) }

    private fun inCall() {
        desk.shows(speaking)
        call.use(true)
        assertTrue(call.connected(line))
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.EARPIECE), SoundRoute.EARPIECE))
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.EARPIECE), SoundRoute.SPEAKER))
        assertEquals(listOf("active", "SPEAKER"), line.news())
        desk.asked()
    }

    @Test fun thePhoneHasTheSoundOfACallThatItKnowsAndNobodyElseTouchesIt() {
        inCall()
        assertFalse(own.inCall)
        assertEquals(SoundRoute.SPEAKER, call.chosen)
        desk.shows(ended(EndReason.Left))
        call.use(false)
        assertEquals(listOf("end"), line.news())
        assertFalse(own.inCall)
    }

    @Test fun onATabletWithoutTelephonyTheSoundIsOurs() {
        hasTelephony = false
        desk.shows(speaking)
        call.use(true)
        assertTrue(own.inCall)
        call.choose(SoundRoute.EARPIECE)
        assertEquals(SoundRoute.EARPIECE, own.chosen)
        call.use(false)
        assertFalse(own.inCall)
    }

    @Test fun aTelephonyThatRefusesOrIsSilentIsNotWaitedForAndComesTooLate() {
        desk.shows(speaking)
        call.use(true)
        assertFalse(own.inCall)
        patience()
        assertTrue(own.inCall)
        assertFalse(call.connected(line))
        call.use(false)
        call.use(true)
        call.refused()
        assertTrue(own.inCall)
    }

    @Test fun theAnswerOfAMeetingThatIsOverCountsForNone() {
        desk.shows(speaking)
        call.use(true)
        val before = patience
        call.use(false)
        assertFalse(call.connected(line))
        call.use(true)
        before()
        assertFalse(own.inCall)
        assertTrue(call.connected(line))
    }

    @Test fun aHeadsetIsUsedWhenPluggedInAndWhatIsChosenStays() {
        inCall()
        call.choose(SoundRoute.EARPIECE)
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.EARPIECE), SoundRoute.EARPIECE))
        assertTrue(atTheEar)
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.BLUETOOTH, SoundRoute.EARPIECE), SoundRoute.EARPIECE))
        assertEquals(listOf("EARPIECE", "BLUETOOTH"), line.news())
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.BLUETOOTH, SoundRoute.EARPIECE), SoundRoute.BLUETOOTH))
        assertFalse(atTheEar)
        // Chosen on the watch: nothing is set against it.
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.BLUETOOTH, SoundRoute.EARPIECE), SoundRoute.SPEAKER))
        // The phone goes to the ear when Bluetooth goes, and we do not.
        call.routes(Routes(listOf(SoundRoute.SPEAKER, SoundRoute.EARPIECE), SoundRoute.EARPIECE))
        assertEquals(listOf("SPEAKER"), line.news())
    }

    @Test fun aTelephoneCallHoldsTheMeetingAndGivesItBackAsItWas() {
        inCall()
        call.hold()
        assertEquals(listOf("held"), line.news())
        assertTrue(desk.session.state.held)
        assertEquals(listOf(Command.SetSilence(true), Command.SetMicrophone(false)), desk.asked())
        desk.shows(muted)
        call.unhold()
        assertEquals(listOf("active"), line.news())
        assertEquals(listOf(Command.SetSilence(false), Command.SetMicrophone(true)), desk.asked())
        assertFalse(desk.session.state.held)
    }

    @Test fun whoWasMutedBeforeTheTelephoneCallStaysMuted() {
        inCall()
        desk.shows(muted)
        call.hold()
        call.unhold()
        assertEquals(listOf(Command.SetSilence(true), Command.SetSilence(false)), desk.asked())
    }

    @Test fun whatIsSwitchedOnWhileHeldComesOnAfterwardsAndWhatAModeratorSwitchedOffDoesNot() {
        inCall()
        desk.shows(muted)
        call.hold()
        desk.asked()
        desk.shows(speaking)
        assertEquals(listOf(Command.SetMicrophone(false)), desk.asked())
        desk.shows(muted)
        call.unhold()
        assertEquals(listOf(Command.SetSilence(false), Command.SetMicrophone(true)), desk.asked())
        desk.shows(speaking)
        call.hold()
        desk.shows(muted)
        desk.asked()
        desk.session.onEvent(Event.MutedByModerator("audio", null))
        call.unhold()
        assertEquals(listOf<Command>(Command.SetSilence(false)), desk.asked())
    }

    @Test fun aMeetingThatEndsWhileHeldSwitchesNothingOn() {
        inCall()
        call.hold()
        desk.asked()
        desk.shows(ended(EndReason.Left))
        call.use(false)
        assertTrue(desk.asked().isEmpty())
        assertFalse(desk.session.state.held)
    }

    @Test fun aHeadsetsButtonMutesAndUnmutes() {
        inCall()
        call.muted(true)
        desk.shows(muted)
        call.muted(false)
        assertEquals(listOf<Command>(Command.SetMicrophone(false), Command.SetMicrophone(true)), desk.asked())
    }

    @Test fun noButtonAndNoOtherCallUnmutesWhoMutedThemselves() {
        inCall()
        desk.shows(muted)
        call.muted(true)
        call.muted(false)
        desk.shows(speaking)
        call.muted(true)
        desk.shows(muted)
        call.hold()
        call.muted(false)
        desk.asked()
        call.unhold()
        assertEquals(listOf<Command>(Command.SetSilence(false)), desk.asked())
    }

    @Test fun switchedOnInTheAppTheHeadsetsMutingIsTakenBack() {
        inCall()
        call.muted(true)
        desk.shows(muted)
        assertTrue(line.news().isEmpty())
        desk.shows(speaking)
        assertEquals(listOf("unmute"), line.news())
        desk.asked()
        call.muted(false)
        assertTrue(desk.asked().isEmpty())
    }

    @Test fun aWatchThatHangsUpLeavesTheMeeting() {
        inCall()
        call.hungUp()
        assertEquals(listOf<Command>(Command.Leave), desk.asked())
        assertEquals(listOf("end"), line.news())
        call.hungUp()
        assertTrue(desk.asked().isEmpty())
    }
}
