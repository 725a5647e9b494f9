package org.treffmeet.treff.telephony

import org.treffmeet.treff.call.SoundRoute
import org.treffmeet.treff.call.preferred
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.running.Sound
import org.treffmeet.treff.session.Session

/**
 * Our call among the phone's other calls, and who has its sound. In: whether we are in a call, what the telephony says and
 * what the person chooses. Out: wishes to the telephony, to the phone's sound and to the session.
 *
 * The sound has one owner at a time. As long as the telephony has our call, it is the telephony: it sets mode, focus and
 * route for each of its calls whether asked or not, below API 34 by the loudspeaker's and Bluetooth's switches, from there
 * on by the same communication device that [own] sets, so that two would undo each other's work; and a watch or a car chooses
 * there too. Where it has none for us, or does not answer, [own] has the sound as if there were no telephony.
 */
class PhoneCall(
    private val session: Session,
    private val own: Sound,
    private val telephony: Telephony,
    /** Whether the phone may be at the ear. */
    private val ear: (Boolean) -> Unit,
    /** Does something after so many milliseconds. */
    private val later: (Long, () -> Unit) -> Unit,
) : Sound {
    private var inUse = false
    private var asking = false
    private var asked = 0
    private var line: Line? = null
    private val hold = Hold(session)
    private val mute = OutsideMute(session) { line?.unmute() }
    private var routes = Routes()
    private var wish: SoundRoute? = null

    override fun use(inCall: Boolean) {
        if (inCall == inUse) return
        inUse = inCall
        if (inCall) begin() else end()
    }

    private fun begin() {
        asked += 1
        asking = telephony.place()
        if (!asking) return own.use(true)
        val now = asked
        later(PATIENCE_MS) { if (now == asked) refused() }
    }

    private fun end() {
        asking = false
        hold.end()
        drop()
        own.use(false)
    }

    private fun drop() {
        val before = line ?: return
        line = null
        routes = Routes()
        wish = null
        mute.forget()
        ear(false)
        before.end()
    }

    /** The telephony has our call. False when nobody waits for it any more. */
    fun connected(new: Line): Boolean {
        if (!asking) return false
        asking = false
        line = new
        new.active()
        return true
    }

    /** The telephony has no call for us: everything goes on without. */
    fun refused() {
        if (!asking) return
        asking = false
        own.use(true)
    }

    /** Another call wants to run. */
    fun hold() {
        val now = line ?: return
        hold.begin()
        now.held()
    }

    /** The other call is over, or the person comes back from it, here or there. */
    fun unhold() {
        val now = line ?: return
        now.active()
        hold.end()
    }

    /** A headset, a watch or a car hangs up, or the telephony has to. */
    fun hungUp() {
        if (line == null) return
        session.dispatch(Command.Leave)
        hold.end()
        drop()
    }

    /** The microphone's switch outside of the app. */
    fun muted(now: Boolean) {
        if (line != null) mute.say(now)
    }

    /** The ways of the sound, as the telephony has them now. */
    fun routes(now: Routes) {
        val owner = line ?: return
        val before = routes
        routes = now
        ear(now.chosen == SoundRoute.EARPIECE)
        // The same ways, and another chosen: here, or outside of the app, and so it shall be.
        if (now.available.toSet() == before.available.toSet()) return
        // Something new is plugged in to be used.
        if (!before.available.containsAll(now.available)) wish = null
        preferred(now.available, wish)?.takeIf { it != now.chosen }?.let(owner::route)
    }

    override val available: List<SoundRoute> get() = if (line == null) own.available else routes.available

    override val chosen: SoundRoute? get() = if (line == null) own.chosen else routes.chosen

    override fun choose(route: SoundRoute) {
        val owner = line ?: return own.choose(route)
        wish = route
        owner.route(route)
    }

    private companion object {
        /** So long the telephony may take to answer; after that the sound must not hang in the air. */
        const val PATIENCE_MS = 3_000L
    }
}
