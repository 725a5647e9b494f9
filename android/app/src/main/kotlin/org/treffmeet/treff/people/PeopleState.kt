package org.treffmeet.treff.people

import org.treffmeet.treff.ui.Words

/** Who is here, and who waits outside. */
data class PeopleState(val knocking: List<KnockerRow>, val rows: List<PersonRow>)

data class KnockerRow(val id: String, val name: Words)

data class PersonRow(
    val endpoint: String,
    val name: Words,
    val initials: String,
    val colour: Int,
    val me: Boolean,
    /** What they are, below their name. */
    val role: Words?,
    val muted: Boolean,
    val camera: Boolean,
    val hand: Boolean,
    val pinned: Boolean,
    /** How loud they are heard in percent, 0 to 200. */
    val volume: Int,
    val spoken: List<Words>,
)
