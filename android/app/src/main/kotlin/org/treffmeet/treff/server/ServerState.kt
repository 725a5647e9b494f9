package org.treffmeet.treff.server

import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.ui.Words

/** One server: who runs it, where, and what a look at it found. */
data class ServerState(
    val name: String,
    val address: String,
    /** Facts that somebody stated. */
    val facts: List<Words>,
    /** Pages about it: what they are, and where. */
    val pages: List<Pair<Words, String>>,
    val looking: Boolean,
    /** What the tap that looks at the server is called. */
    val look: Words,
    val found: List<FindingRow>,
    val problem: Words?,
    val preferred: Boolean,
    /** What the person may change, if it is on their list. */
    val own: OwnWords?,
)

/** How a server stands in the person's own list. */
data class OwnWords(
    val name: String,
    val notes: String,
    /** Which one it is, and of how many. */
    val place: Words,
    val up: Boolean,
    val down: Boolean,
)

data class FindingRow(val tone: Tone, val title: Words, val detail: Words?)
