package org.treffmeet.treff.waiting

import org.treffmeet.treff.ui.Words

/** On the way in: what is waited for, and what can be done. */
data class WaitingState(
    val meeting: String,
    val title: Words,
    val why: Words,
    val asks: Asks,
    /** The name that stands in the field at first. */
    val name: String,
    /** The password before was wrong. */
    val wrong: Boolean,
)

/** What the person has to give. */
enum class Asks { NOTHING, PASSWORD, NAME_TO_KNOCK, NAME }
