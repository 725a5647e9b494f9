package org.treffmeet.treff.telephony

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.session.Session

/**
 * The microphone's switch outside of the app: a button of a headset, a watch or a car, which mutes for the whole system. It
 * switches ours along, and on again only what it switched off itself: that another call ends, or what the system makes of
 * it, unmutes nobody. Switched on in the app, the one outside is taken back by [lift], or nobody would hear anything.
 */
class OutsideMute(private val session: Session, private val lift: () -> Unit) {
    private var muted = false

    /** Our microphone went off by it. */
    private var ours = false
    private var on = false

    init {
        session.listen(::follow)
    }

    fun say(now: Boolean) {
        if (now == muted) return
        muted = now
        if (now) {
            ours = session.state.snapshot.me.microphone
            if (ours) session.dispatch(Command.SetMicrophone(false))
        } else {
            if (ours && !session.state.held) session.dispatch(Command.SetMicrophone(true))
            ours = false
        }
    }

    /** The next call begins afresh. */
    fun forget() {
        muted = false
        ours = false
    }

    private fun follow() {
        val before = on
        on = session.state.snapshot.me.microphone
        // A hold switches it off again at once; then nothing was meant to be heard yet.
        if (before || !on || !muted || session.state.held) return
        ours = false
        lift()
    }
}
