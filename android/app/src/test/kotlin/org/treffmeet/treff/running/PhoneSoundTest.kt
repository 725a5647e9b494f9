package org.treffmeet.treff.running

import android.content.Context
import android.media.AudioDeviceInfo
import android.media.AudioManager
import android.os.PowerManager
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.AudioDeviceInfoBuilder
import org.robolectric.shadows.ShadowPowerManager
import org.treffmeet.treff.call.SoundRoute
import org.treffmeet.treff.testing.TestApplication

/** From where the sound comes, and the screen at the ear. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class PhoneSoundTest {
    private val context: Context = RuntimeEnvironment.getApplication()
    private val audio = context.getSystemService(AudioManager::class.java)

    private fun devices(vararg types: Int) =
        shadowOf(audio).setAvailableCommunicationDevices(types.map { AudioDeviceInfoBuilder.newBuilder().setType(it).build() })

    @Before fun aPhoneThatCanTell() {
        shadowOf(context.getSystemService(PowerManager::class.java)).setIsWakeLockLevelSupported(PowerManager.PROXIMITY_SCREEN_OFF_WAKE_LOCK, true)
    }

    @Test fun aMeetingComesFromTheLoudspeakerUntilSomethingIsPluggedIn() {
        devices(AudioDeviceInfo.TYPE_BUILTIN_EARPIECE, AudioDeviceInfo.TYPE_BUILTIN_SPEAKER)
        val sound = PhoneSound(context)
        sound.use(true)
        assertEquals(AudioManager.MODE_IN_COMMUNICATION, audio.mode)
        assertEquals(AudioDeviceInfo.TYPE_BUILTIN_SPEAKER, audio.communicationDevice?.type)
        devices(AudioDeviceInfo.TYPE_BUILTIN_EARPIECE, AudioDeviceInfo.TYPE_BUILTIN_SPEAKER, AudioDeviceInfo.TYPE_WIRED_HEADSET)
        assertEquals(SoundRoute.WIRED, sound.chosen)
        sound.use(false)
        assertEquals(AudioManager.MODE_NORMAL, audio.mode)
    }

    @Test fun theScreenGoesOffAtTheEarAndOnlyThere() {
        devices(AudioDeviceInfo.TYPE_BUILTIN_EARPIECE, AudioDeviceInfo.TYPE_BUILTIN_SPEAKER)
        val sound = PhoneSound(context)
        val atTheEar = ShadowPowerManager.getLatestWakeLock()
        sound.use(true)
        assertFalse(atTheEar.isHeld)
        sound.choose(SoundRoute.EARPIECE)
        assertTrue(atTheEar.isHeld)
        sound.choose(SoundRoute.SPEAKER)
        assertFalse(atTheEar.isHeld)
        sound.choose(SoundRoute.EARPIECE)
        sound.use(false)
        assertFalse(atTheEar.isHeld)
    }
}
