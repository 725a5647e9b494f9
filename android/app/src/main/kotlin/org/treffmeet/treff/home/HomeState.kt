package org.treffmeet.treff.home

import org.treffmeet.treff.ui.Words

/** The first screen. */
data class HomeState(
    /** What is wrong with what was typed. */
    val problem: Words?,
    /** The browser can open what Treff cannot. */
    val browser: String?,
    /** The server of new meetings and bare room names. */
    val server: String?,
    /** The first start's question, while it is open. */
    val choices: List<ServerChoice>,
    val recent: List<RecentRow>,
    /** The meeting in which the app ended without being told to. */
    val brokenOff: RecentRow?,
)

/** A server to choose at the first start. */
data class ServerChoice(val address: String, val name: String, val detail: Words?)

/** A meeting to go back to. */
data class RecentRow(val link: String, val room: String, val detail: Words)
