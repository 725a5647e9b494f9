package org.treffmeet.treff.servers

import org.treffmeet.treff.ui.Words

/** The list of servers. */
data class ServersState(
    /** Those that fit what is searched for. */
    val rows: List<ServerRow>,
    /** How many there are in all. */
    val known: Int,
    /** Nothing as long as the list can be seen at a glance. */
    val search: SearchState?,
    /** What became of a list that was saved or taken in. */
    val news: Words?,
    val problem: Words?,
)

data class SearchState(
    val text: String,
    /** Where the servers may be, in words; empty if there is nothing to choose. */
    val places: List<Pair<Whereabouts, Words>>,
    /** Which of these it is. */
    val chosen: Int,
)

data class ServerRow(val address: String, val name: String, val detail: Words, val preferred: Boolean)
