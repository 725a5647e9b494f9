package org.treffmeet.treff.comparison

import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.ui.Words

/** Servers side by side: which, and what is known of each. */
data class ComparisonState(
    val candidates: List<Candidate>,
    /** Enough are chosen, and no look is under way. */
    val ready: Boolean,
    /** What the tap that looks at them is called. */
    val look: Words,
    val lines: List<ComparedLine>,
)

/** A server that can be compared. */
data class Candidate(val address: String, val name: String, val chosen: Boolean)

/** One thing that is compared, with what is known of each server. */
data class ComparedLine(val topic: Words, val cells: List<ComparedCell>)

data class ComparedCell(val server: String, val tone: Tone, val found: List<Words>)
