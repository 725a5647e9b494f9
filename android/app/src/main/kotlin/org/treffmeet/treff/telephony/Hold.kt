package org.treffmeet.treff.telephony

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.session.Session

/**
 * What it means that another call holds ours: nobody is heard here, nobody hears us, and nobody sees us (the camera rests
 * as in the background, see the call's presenter). Whatever is switched on meanwhile comes on with the hold's end, as it
 * was before; what a moderator switched off stays off.
 */
class Hold(private val session: Session) {
    /** The microphone comes back with our call. */
    private var speaks = false

    /** It was asked to go off, and has not yet. */
    private var quietening = false

    init {
        session.listen(::follow)
        session.hear { if (it is Event.MutedByModerator && it.media == "audio") speaks = false }
    }

    fun begin() {
        if (session.state.held) return
        session.dispatch(Command.SetSilence(true))
        session.update { it.copy(held = true) }
    }

    fun end() {
        if (!session.state.held) return
        val inCall = session.state.snapshot.screen is Screen.Call
        session.update { it.copy(held = false) }
        if (inCall) session.dispatch(Command.SetSilence(false))
        if (inCall && speaks) session.dispatch(Command.SetMicrophone(true))
        speaks = false
        quietening = false
    }

    private fun follow() {
        val on = session.state.snapshot.me.microphone
        if (!on) quietening = false
        if (!session.state.held || !on || quietening) return
        quietening = true
        speaks = true
        session.dispatch(Command.SetMicrophone(false))
    }
}
