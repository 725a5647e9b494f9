package org.treffmeet.treff.running

import android.content.Context
import android.os.Handler
import android.os.Looper
import android.os.SystemClock
import java.io.File
import org.treffmeet.treff.camera.OwnPicture
import org.treffmeet.treff.camera.PhoneCameras
import org.treffmeet.treff.core.Client
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Config
import org.treffmeet.treff.core.DeviceCodecs
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.Observer
import org.treffmeet.treff.core.Platform
import org.treffmeet.treff.core.PlatformTrust
import org.treffmeet.treff.core.QrCode
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.core.qrCode
import org.treffmeet.treff.core.toneOf
import org.treffmeet.treff.session.CallMark
import org.treffmeet.treff.session.Clock
import org.treffmeet.treff.session.Core
import org.treffmeet.treff.session.OpenCall
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.share.CoreAudience
import org.treffmeet.treff.share.MediaProjector
import org.treffmeet.treff.share.PhoneScreens
import org.treffmeet.treff.share.Sharing
import org.treffmeet.treff.telephony.PhoneCall
import org.treffmeet.treff.telephony.PhoneTelephony

/** The app without a screen: the session, its presenters and the phone's part. Lives as long as the process. */
class Running(
    core: Core,
    clock: Clock,
    mark: CallMark,
    code: (String) -> QrCode?,
    tone: (Finding) -> Tone,
    call: (Session) -> PhoneCall,
    val ownPicture: OwnPicture,
    val sharing: Sharing,
    private val service: ServiceSwitch,
    private val network: NetworkSwitch,
) {
    val session = Session(core, clock, mark)
    val presenters = Presenters(session, code, tone)

    /** Our call among the phone's, with its sound. */
    val call = call(session)

    init {
        sharing.announce = { shown -> session.update { it.copy(showsScreen = shown) } }
        session.listen(::follow)
    }

    /** Outside a meeting nothing runs. */
    private fun follow() {
        val state = session.state
        network.watch(state.inMeeting || state.snapshot.screen is Screen.Prejoin)
        service.run(state.inMeeting)
        call.use(state.snapshot.screen is Screen.Call)
        ownPicture.mirrored(state.snapshot.settings.mirror)
    }

    companion object {
        /** With the real core and the phone's own parts, all that it has if no [config] is given. */
        fun start(
            context: Context,
            config: Config? = null,
            trust: Platform = PlatformTrust(),
            network: (Client) -> NetworkSwitch = { NetworkWatch(context, it::setAddresses) },
        ): Running {
            val cameras = PhoneCameras(context)
            val sharing = Sharing(MediaProjector(context), CoreAudience)
            val client = Client(config ?: config(context, cameras), trust, cameras, PhoneScreens(sharing))
            val running = Running(
                ClientCore(client), PhoneClock, StoredMark(context), ::qrCode, ::toneOf, { phoneCall(context, it) }, cameras, sharing, CallService.Switch(context), network(client),
            )
            RecentShortcuts(context, running.session)
            client.subscribe(OnMain(running.session))
            return running
        }

        private fun phoneCall(context: Context, session: Session): PhoneCall {
            val ear = Ear(context)
            val main = Handler(Looper.getMainLooper())
            return PhoneCall(session, PhoneSound(context, ear), PhoneTelephony(context), ear::watch) { milliseconds, then -> main.postDelayed(then, milliseconds) }
        }

        private fun config(context: Context, cameras: PhoneCameras): Config {
            val codecs = DeviceCodecs()
            return Config(store = File(context.filesDir, "treff.db").path, decoders = codecs.decoders, encoders = codecs.encoders, cameras = cameras.list)
        }
    }
}

/** Sound of a call, and the ways it can take. */
interface Sound : org.treffmeet.treff.call.SoundRoutes {
    fun use(inCall: Boolean)
}

/** Keeps the process alive and visible while a meeting runs. */
fun interface ServiceSwitch {
    fun run(inMeeting: Boolean)
}

/** Tells the core the phone's addresses while they matter. */
fun interface NetworkSwitch {
    fun watch(wanted: Boolean)
}

private class ClientCore(private val client: Client) : Core {
    override fun diagnostics(system: String) = client.diagnostics(system)
    override fun licences() = org.treffmeet.treff.core.licences()
    override fun dispatch(command: Command) = client.dispatch(command)
    override fun snapshot(): Snapshot = client.snapshot()
}

/** Carries the core's news to the main thread. */
private class OnMain(private val session: Session) : Observer {
    private val main = Handler(Looper.getMainLooper())

    override fun onEvent(event: Event) {
        main.post { session.onEvent(event) }
    }

    override fun onSnapshot(snapshot: Snapshot) {
        main.post { session.onSnapshot(snapshot) }
    }
}

private object PhoneClock : Clock {
    override fun wall() = System.currentTimeMillis()
    override fun ticks() = SystemClock.elapsedRealtime()
}

private class StoredMark(context: Context) : CallMark {
    private val store = context.getSharedPreferences("open-call", Context.MODE_PRIVATE)

    override fun left(): OpenCall? {
        val link = store.getString(LINK, null) ?: return null
        return OpenCall(link, store.getString(ROOM, null).orEmpty())
    }

    override fun set(call: OpenCall?) {
        val edit = store.edit()
        if (call == null) edit.clear() else edit.putString(LINK, call.link).putString(ROOM, call.room)
        edit.apply()
    }

    private companion object {
        const val LINK = "link"
        const val ROOM = "room"
    }
}
