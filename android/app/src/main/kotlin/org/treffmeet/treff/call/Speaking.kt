package org.treffmeet.treff.call

import org.treffmeet.treff.core.SpeakerLevel

/**
 * Who is heard right now, for the rings; and whether we speak into a muted microphone. In: levels, about ten times a
 * second, and the time in milliseconds.
 */
class Speaking {
    private val loud = mutableMapOf<String, Long>()
    private var me: Long? = null
    private var mutedSince: Long? = null
    private var mutedLast = 0L
    private var told: Long? = null

    /** Takes the newest levels. Whether the person should be told that nobody hears them. */
    fun hear(now: Long, own: Float, others: List<SpeakerLevel>, muted: Boolean): Boolean {
        for (speaker in others) if (speaker.level >= LOUD) loud[speaker.endpoint] = now
        loud.values.removeAll { now - it >= HOLD_MS }
        if (!muted) {
            mutedSince = null
            if (own >= LOUD) me = now
            return false
        }
        me = null
        if (own < SPEECH) {
            if (now - mutedLast >= HOLD_MS / 2) mutedSince = null
            return false
        }
        val since = mutedSince ?: now
        mutedSince = since
        mutedLast = now
        val due = told.let { it == null || now - it >= TOLD_AGAIN_MS }
        if (!due || now - since < SPEECH_LASTS_MS) return false
        told = now
        return true
    }

    fun speaks(now: Long, endpoint: String) = loud[endpoint].let { it != null && now - it < HOLD_MS }

    fun iSpeak(now: Long) = me.let { it != null && now - it < HOLD_MS }

    private companion object {
        /** Louder than a quiet room. */
        const val LOUD = 0.12f

        /** A ring stays between words. */
        const val HOLD_MS = 700L

        /** So much louder, and for so long, that it is speech and not a cough. */
        const val SPEECH = 0.25f
        const val SPEECH_LASTS_MS = 600L

        /** Being told once is enough for a while. */
        const val TOLD_AGAIN_MS = 30_000L
    }
}
