package org.treffmeet.treff.ended

import org.treffmeet.treff.ui.Words

/** Over: why, how long, what next. */
data class EndedState(
    val meeting: String,
    val title: Words,
    /** Sentences below it. */
    val lines: List<Words>,
    /** What going in again is called, where it helps. */
    val again: Words?,
    val browser: String?,
    /** What beginning it on the next server is called, where it can begin elsewhere. */
    val next: Words?,
    val otherServer: Boolean,
)
