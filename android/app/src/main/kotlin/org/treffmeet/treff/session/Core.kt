package org.treffmeet.treff.session

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Licence
import org.treffmeet.treff.core.Snapshot

/** The core as the screens know it. Its news reach [Session] on the main thread. */
interface Core {
    /** Never blocks. */
    fun dispatch(command: Command)

    /** The newest state. */
    fun snapshot(): Snapshot

    /** What helps to look into a problem, without anything that identifies; [system] is a line about this phone. */
    fun diagnostics(system: String): String

    /** What the app is made of, the licence of most parts first. */
    fun licences(): List<Licence>
}

/** Two clocks in milliseconds. */
interface Clock {
    /** Since 1970, as on the wall. */
    fun wall(): Long

    /** Since some moment, never set. */
    fun ticks(): Long
}

/** The room that was open, kept where it outlives the process. */
interface CallMark {
    /** The meeting that was not left in an orderly way before this start. */
    fun left(): OpenCall?

    /** We are in a meeting, or in none. */
    fun set(call: OpenCall?)
}

/** A meeting by its link and name. */
data class OpenCall(val link: String, val room: String)
