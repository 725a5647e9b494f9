package org.treffmeet.treff.telephony

import org.treffmeet.treff.call.SoundRoute

/** The phone's own telephony. It may know of our call: then telephone calls hold it, and a headset's, watch's or car's buttons reach it. */
fun interface Telephony {
    /** Asks for a call; whether it comes is told to [PhoneCall]. False when this phone has none for us. */
    fun place(): Boolean
}

/** Our call as the telephony has it. */
interface Line {
    /** The call runs, or runs again. */
    fun active()

    /** The call rests because another one runs. */
    fun held()

    fun route(route: SoundRoute)

    /** Takes back that the microphone was muted outside of the app. */
    fun unmute()

    fun end()
}

/** The ways sound can take in a call of the telephony's. */
data class Routes(val available: List<SoundRoute> = emptyList(), val chosen: SoundRoute? = null)
