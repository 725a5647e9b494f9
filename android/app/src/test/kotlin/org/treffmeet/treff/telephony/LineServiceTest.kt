package org.treffmeet.treff.telephony

import android.content.ComponentName
import android.media.AudioManager
import android.telecom.CallAudioState
import android.telecom.Connection
import android.telecom.PhoneAccount
import android.telecom.TelecomManager
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowLooper
import org.robolectric.shadows.ShadowTelecomManager.CallRequestMode
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.call.SoundRoute
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.button
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.ended
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.says

/** Ada's meeting at her phone's own telephony. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class LineServiceTest {
    private val app = RuntimeEnvironment.getApplication() as TestApplication
    private val telecom = app.getSystemService(TelecomManager::class.java)

    @Before fun aPhone() {
        app.telephony = PhoneTelephony(app)
        shadowOf(app.packageManager).setSystemFeature("android.software.telecom", true)
        shadowOf(telecom).callRequestMode = CallRequestMode.MANUAL
        shadowOf(telecom).setIsOutgoingCallPermitted(true)
        app.shows(call(person("Ben")))
    }

    private fun line() = (shadowOf(telecom).allowOutgoingCall(shadowOf(telecom).onlyOutgoingCall) as SystemLine).also { ShadowLooper.idleMainLooper() }

    @Test fun theTelephonyLearnsOfACallButNotOfItsLink() {
        val asked = shadowOf(telecom).onlyOutgoingCall
        assertEquals("sip:meeting", asked.address.toString())
        assertTrue(telecom.getPhoneAccount(asked.phoneAccount).hasCapabilities(PhoneAccount.CAPABILITY_SELF_MANAGED))
        val line = line()
        assertEquals(Connection.STATE_ACTIVE, line.state)
        assertEquals("Elterngruppe Dienstag", line.callerDisplayName)
        assertFalse(app.sound.inCall)
    }

    @Test fun aTelephoneCallHoldsTheMeetingAndItComesBack() {
        val line = line()
        line.onHold()
        assertEquals(Connection.STATE_HOLDING, line.state)
        assertTrue(Command.SetSilence(true) in app.asked())
        line.onUnhold()
        ShadowLooper.idleMainLooper()
        assertEquals(Connection.STATE_ACTIVE, line.state)
        assertTrue(Command.SetSilence(false) in app.asked())
    }

    @Test fun thePersonComesBackByThemselves() {
        val window = Robolectric.buildActivity(MainActivity::class.java).setup().get()
        val line = line()
        line.onHold()
        assertTrue(window.says("Another call is running"))
        window.button("Back to the meeting").performClick()
        ShadowLooper.idleMainLooper()
        assertEquals(Connection.STATE_ACTIVE, line.state)
        assertFalse(window.says("Another call is running"))
    }

    @Test fun theWaysOfTheSoundAreTheTelephonys() {
        val line = line()
        val ways = CallAudioState.ROUTE_SPEAKER or CallAudioState.ROUTE_EARPIECE or CallAudioState.ROUTE_BLUETOOTH
        line.onCallAudioStateChanged(CallAudioState(false, CallAudioState.ROUTE_BLUETOOTH, ways))
        assertEquals(listOf(SoundRoute.SPEAKER, SoundRoute.EARPIECE, SoundRoute.BLUETOOTH), app.running.call.available)
        assertEquals(SoundRoute.BLUETOOTH, app.running.call.chosen)
    }

    @Test fun aHeadsetMutesAndTheAppTakesThatBack() {
        val audio = app.getSystemService(AudioManager::class.java)
        val line = line()
        app.asked()
        val speaking = app.running.session.state.snapshot.let { it.copy(me = it.me.copy(microphone = true)) }
        audio.isMicrophoneMute = true
        line.onCallAudioStateChanged(CallAudioState(true, CallAudioState.ROUTE_SPEAKER, CallAudioState.ROUTE_SPEAKER))
        assertEquals(listOf<Command>(Command.SetMicrophone(false)), app.asked())
        app.shows(speaking.copy(me = speaking.me.copy(microphone = false)))
        app.shows(speaking)
        assertFalse(audio.isMicrophoneMute)
    }

    @Test fun aWatchHangsUpAndTheMeetingsEndEndsTheCall() {
        val line = line()
        line.onDisconnect()
        assertTrue(Command.Leave in app.asked())
        assertEquals(Connection.STATE_DISCONNECTED, line.state)
        app.shows(ended(EndReason.Left))
        assertEquals(Connection.STATE_DISCONNECTED, line.state)
    }

    @Test fun refusedTheMeetingGoesOnWithItsOwnSound() {
        shadowOf(telecom).denyOutgoingCall(shadowOf(telecom).onlyOutgoingCall)
        assertTrue(app.sound.inCall)
        app.shows(ended(EndReason.Left))
        assertFalse(app.sound.inCall)
    }

    @Test fun aPhoneWithoutTelephonyAndOneInTheMiddleOfAnotherCallIsNotAsked() {
        app.shows(ended(EndReason.Left))
        shadowOf(telecom).setIsOutgoingCallPermitted(false)
        app.shows(call(person("Ben")))
        assertTrue(app.sound.inCall)
        app.shows(ended(EndReason.Left))
        shadowOf(telecom).setIsOutgoingCallPermitted(true)
        shadowOf(app.packageManager).setSystemFeature("android.software.telecom", false)
        shadowOf(app.packageManager).setSystemFeature("android.software.connectionservice", false)
        app.shows(call(person("Ben")))
        assertTrue(app.sound.inCall)
        assertEquals(1, shadowOf(telecom).allOutgoingCalls.size)
    }

    @Test fun onlyTheTelephonyBindsTheService() {
        val service = app.packageManager.getServiceInfo(ComponentName(app, LineService::class.java), 0)
        assertEquals("android.permission.BIND_TELECOM_CONNECTION_SERVICE", service.permission)
    }
}
