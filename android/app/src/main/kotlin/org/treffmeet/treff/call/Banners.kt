package org.treffmeet.treff.call

import org.treffmeet.treff.R
import org.treffmeet.treff.core.ConnectionState
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.words

/** The one sentence between pictures and controls, and what can be done about it. */
data class Banner(val text: Words, val action: Action?, val urgent: Boolean = false) {
    sealed interface Action {
        /** Let in or refuse somebody. */
        data class Admit(val id: String, val name: Words) : Action

        /** Switch the microphone on. */
        data object SwitchOn : Action

        /** Come back from another call of the phone. */
        data object TakeBack : Action

        /** No longer share the screen. */
        data object StopShare : Action

        /** It was read. */
        data object Close : Action
    }
}

/**
 * Which sentence stands there: in, what is the case, what happened, the time in milliseconds; out, the most urgent one.
 */
class Banners {
    private var mutedByModerator: Long? = null
    private var mutedSpeaking: Long? = null
    private var recording: Long? = null
    private var notice: Pair<Long, Words>? = null
    private var wasRecording: Boolean? = null
    private var unconnectedSince: Long? = null

    fun follow(now: Long, snapshot: Snapshot) {
        if (wasRecording == false && snapshot.recording) recording = now
        wasRecording = snapshot.recording
        if (snapshot.me.microphone) {
            mutedSpeaking = null
            mutedByModerator = null
        }
        val waits = snapshot.connection == ConnectionState.CONNECTING || snapshot.connection == ConnectionState.JOINED
        unconnectedSince = if (waits && snapshot.participants.isNotEmpty()) unconnectedSince ?: now else null
    }

    fun speaksMuted(now: Long) {
        mutedSpeaking = now
    }

    fun mutedByModerator(now: Long) {
        mutedByModerator = now
    }

    fun notice(now: Long, notice: Notice) {
        Problems.notice(notice)?.let { say(now, it) }
    }

    fun say(now: Long, sentence: Words) {
        notice = now to sentence
    }

    fun close() {
        recording = null
        mutedByModerator = null
        notice = null
    }

    fun shown(now: Long, snapshot: Snapshot, held: Boolean = false): Banner? {
        fun fresh(since: Long?) = since != null && now - since < STAYS_MS
        val knocking = snapshot.door.knocking
        val said = notice?.takeIf { fresh(it.first) }
        val unconnected = unconnectedSince
        return when {
            held -> Banner(words(R.string.held), Banner.Action.TakeBack, urgent = true)
            snapshot.connection == ConnectionState.RECONNECTING -> Banner(words(R.string.reconnecting), null, urgent = true)
            knocking.isNotEmpty() -> {
                val name = People.name(knocking.first().name)
                val more = knocking.size - 1
                val text = if (more == 0) words(R.string.knocks, name) else counted(R.plurals.knocks_more, more, name)
                Banner(text, Banner.Action.Admit(knocking.first().id, name))
            }
            fresh(mutedByModerator) -> Banner(words(R.string.muted_by_moderator), Banner.Action.SwitchOn)
            fresh(mutedSpeaking) -> Banner(words(R.string.muted_speaking), Banner.Action.SwitchOn)
            fresh(recording) -> Banner(words(R.string.recording_began), Banner.Action.Close)
            said != null -> Banner(said.second, Banner.Action.Close)
            unconnected != null && now - unconnected >= PATIENCE_MS -> Banner(words(R.string.connecting_media), null)
            snapshot.me.screen != null -> Banner(words(R.string.you_share), Banner.Action.StopShare)
            else -> null
        }
    }

    private companion object {
        /** How long a sentence stays that asks for nothing. */
        const val STAYS_MS = 10_000L

        /** Before that, nobody wonders where sound and picture are. */
        const val PATIENCE_MS = 3_000L
    }
}
