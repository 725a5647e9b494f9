package org.treffmeet.treff.servers

import org.treffmeet.treff.ui.Words

/** The list of servers. */
data class ServersState(val rows: List<ServerRow>, val problem: Words?)

data class ServerRow(val address: String, val name: String, val detail: Words, val preferred: Boolean)
