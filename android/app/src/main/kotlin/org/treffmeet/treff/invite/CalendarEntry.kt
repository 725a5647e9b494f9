package org.treffmeet.treff.invite

import org.treffmeet.treff.session.Session

/** A meeting for a calendar; times in milliseconds since 1970. */
data class CalendarEntry(val title: String, val link: String, val starts: Long, val ends: Long) {
    companion object {
        private const val HOUR_MS = 3_600_000L

        /** The opened meeting in the next full hour, for the person to move. */
        fun of(session: Session): CalendarEntry {
            val starts = (session.clock.wall() / HOUR_MS + 1) * HOUR_MS
            return CalendarEntry(session.state.meeting, session.state.snapshot.link, starts, starts + HOUR_MS)
        }
    }
}
