package org.treffmeet.treff.telephony

import android.content.Context
import android.media.AudioManager
import android.os.Handler
import android.os.Looper
import android.telecom.CallAudioState
import android.telecom.Connection
import android.telecom.ConnectionRequest
import android.telecom.ConnectionService
import android.telecom.DisconnectCause
import android.telecom.PhoneAccountHandle
import android.telecom.TelecomManager
import org.treffmeet.treff.TreffApplication
import org.treffmeet.treff.call.SoundRoute

/** Where the system's telephony asks for our call. It binds this only after [PhoneTelephony] asked. */
class LineService : ConnectionService() {
    private val running get() = (application as TreffApplication).running

    override fun onCreateOutgoingConnection(account: PhoneAccountHandle?, request: ConnectionRequest): Connection {
        val line = SystemLine(this, running.call)
        if (!running.call.connected(line)) return Connection.createCanceledConnection()
        line.setAddress(request.address, TelecomManager.PRESENTATION_ALLOWED)
        // What a watch or a car shows.
        line.setCallerDisplayName(running.session.state.meeting, TelecomManager.PRESENTATION_ALLOWED)
        return line
    }

    override fun onCreateOutgoingConnectionFailed(account: PhoneAccountHandle?, request: ConnectionRequest?) = running.call.refused()
}

/** Our call at the system's telephony; translates between it and [PhoneCall]. */
class SystemLine(private val context: Context, private val call: PhoneCall) : Connection(), Line {
    private val main = Handler(Looper.getMainLooper())

    init {
        connectionProperties = PROPERTY_SELF_MANAGED
        connectionCapabilities = CAPABILITY_HOLD or CAPABILITY_SUPPORT_HOLD or CAPABILITY_MUTE
        audioModeIsVoip = true
        setDialing()
    }

    override fun active() {
        // A call that was only just made is not known to the telephony before this message is done with.
        main.post { if (state != STATE_DISCONNECTED) setActive() }
    }

    override fun held() = setOnHold()

    // The newer way, by end points, is there from API 34 on and says no more; this one works on all.
    @Suppress("DEPRECATION")
    override fun route(route: SoundRoute) = setAudioRoute(ROUTES.entries.first { it.value == route }.key)

    override fun unmute() {
        context.getSystemService(AudioManager::class.java).isMicrophoneMute = false
    }

    override fun end() {
        setDisconnected(DisconnectCause(DisconnectCause.LOCAL))
        destroy()
    }

    override fun onHold() = call.hold()

    override fun onUnhold() = call.unhold()

    override fun onDisconnect() = call.hungUp()

    override fun onAbort() = call.hungUp()

    @Deprecated("The newer way, by end points, is there from API 34 on and says no more; this one works on all.")
    override fun onCallAudioStateChanged(state: CallAudioState) {
        val available = ROUTES.filterKeys { state.supportedRouteMask and it != 0 }.values.sorted()
        call.routes(Routes(available, ROUTES[state.route]))
        call.muted(state.isMuted)
    }

    private companion object {
        val ROUTES = mapOf(
            CallAudioState.ROUTE_EARPIECE to SoundRoute.EARPIECE, CallAudioState.ROUTE_BLUETOOTH to SoundRoute.BLUETOOTH,
            CallAudioState.ROUTE_WIRED_HEADSET to SoundRoute.WIRED, CallAudioState.ROUTE_SPEAKER to SoundRoute.SPEAKER,
        )
    }
}
