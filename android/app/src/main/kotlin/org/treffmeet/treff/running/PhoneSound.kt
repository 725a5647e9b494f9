package org.treffmeet.treff.running

import android.content.Context
import android.media.AudioAttributes
import android.media.AudioDeviceCallback
import android.media.AudioDeviceInfo
import android.media.AudioFocusRequest
import android.media.AudioManager
import android.os.Build
import org.treffmeet.treff.NewerPlatform
import org.treffmeet.treff.call.SoundRoute
import org.treffmeet.treff.call.preferred

/** The phone's sound while a call runs that the telephony does not have: as for telephony, and from where the person wants it. */
class PhoneSound(context: Context, private val ear: Ear = Ear(context)) : Sound {
    private val audio = context.getSystemService(AudioManager::class.java)
    private val focus = AudioFocusRequest.Builder(AudioManager.AUDIOFOCUS_GAIN_TRANSIENT_EXCLUSIVE)
        .setAudioAttributes(AudioAttributes.Builder().setUsage(AudioAttributes.USAGE_VOICE_COMMUNICATION).setContentType(AudioAttributes.CONTENT_TYPE_SPEECH).build())
        // Without the telephony's help a telephone call takes the sound by itself, and the meeting goes on below it.
        .setOnAudioFocusChangeListener { }
        .build()
    private var inUse = false
    private var wish: SoundRoute? = null
    private val plugs = object : AudioDeviceCallback() {
        override fun onAudioDevicesAdded(devices: Array<AudioDeviceInfo>) {
            // Something new is plugged in to be used.
            wish = null
            route()
        }

        override fun onAudioDevicesRemoved(devices: Array<AudioDeviceInfo>) = route()
    }

    override fun use(inCall: Boolean) {
        if (inCall == inUse) return
        inUse = inCall
        if (inCall) {
            audio.requestAudioFocus(focus)
            audio.mode = AudioManager.MODE_IN_COMMUNICATION
            audio.registerAudioDeviceCallback(plugs, null)
            route()
        } else {
            audio.unregisterAudioDeviceCallback(plugs)
            wish = null
            ear.watch(false)
            release()
            audio.mode = AudioManager.MODE_NORMAL
            audio.abandonAudioFocusRequest(focus)
        }
    }

    override val available: List<SoundRoute>
        get() = devices().mapNotNull { routeOf(it.type) }.distinct().sorted()

    override val chosen: SoundRoute?
        get() = preferred(available, wish)

    override fun choose(route: SoundRoute) {
        wish = route
        route()
    }

    private fun route() {
        if (!inUse) return
        val route = chosen ?: return
        ear.watch(route == SoundRoute.EARPIECE)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            devices().firstOrNull { routeOf(it.type) == route }?.let(::communicate)
        } else {
            @Suppress("DEPRECATION")
            audio.isSpeakerphoneOn = route == SoundRoute.SPEAKER
            bluetooth(route == SoundRoute.BLUETOOTH)
        }
    }

    private fun release() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) clear() else {
            @Suppress("DEPRECATION")
            audio.isSpeakerphoneOn = false
            bluetooth(false)
        }
    }

    @Suppress("DEPRECATION")
    private fun bluetooth(on: Boolean) {
        if (on == audio.isBluetoothScoOn) return
        audio.isBluetoothScoOn = on
        if (on) audio.startBluetoothSco() else audio.stopBluetoothSco()
    }

    private fun devices(): List<AudioDeviceInfo> =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) forCommunication() else audio.getDevices(AudioManager.GET_DEVICES_OUTPUTS).toList()

    @NewerPlatform
    private fun forCommunication() = audio.availableCommunicationDevices

    @NewerPlatform
    private fun communicate(device: AudioDeviceInfo) {
        audio.setCommunicationDevice(device)
    }

    @NewerPlatform
    private fun clear() = audio.clearCommunicationDevice()

    private fun routeOf(type: Int): SoundRoute? = when (type) {
        AudioDeviceInfo.TYPE_BUILTIN_SPEAKER -> SoundRoute.SPEAKER
        AudioDeviceInfo.TYPE_BUILTIN_EARPIECE -> SoundRoute.EARPIECE
        AudioDeviceInfo.TYPE_WIRED_HEADSET, AudioDeviceInfo.TYPE_WIRED_HEADPHONES, AudioDeviceInfo.TYPE_USB_HEADSET -> SoundRoute.WIRED
        AudioDeviceInfo.TYPE_BLUETOOTH_SCO, BLE_HEADSET -> SoundRoute.BLUETOOTH
        else -> null
    }

    private companion object {
        /** AudioDeviceInfo.TYPE_BLE_HEADSET, of API 31. */
        const val BLE_HEADSET = 26
    }
}
