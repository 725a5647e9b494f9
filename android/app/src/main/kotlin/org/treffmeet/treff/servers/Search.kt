package org.treffmeet.treff.servers

import org.treffmeet.treff.core.Server

/** Where a server is, as its operator says. */
sealed interface Whereabouts {
    data object Everywhere : Whereabouts
    data object Eu : Whereabouts

    /** By its ISO 3166-1 code. */
    data class Country(val code: String) : Whereabouts
}

/** What is looked for in the list of servers. */
data class Search(val text: String = "", val place: Whereabouts = Whereabouts.Everywhere) {
    fun finds(server: Server): Boolean {
        val here = when (place) {
            Whereabouts.Everywhere -> true
            Whereabouts.Eu -> server.inEu == true
            is Whereabouts.Country -> server.country == place.code
        }
        return here && listOf(server.name, server.address, server.operator.orEmpty(), server.notes).any { it.contains(text.trim(), ignoreCase = true) }
    }

    companion object {
        /** Where the servers of a list may be; nothing to choose from if they are all in one country. */
        fun places(servers: List<Server>): List<Whereabouts> {
            val countries = servers.mapNotNull { it.country }.distinct().sorted()
            if (countries.size < 2) return emptyList()
            val eu = listOf(Whereabouts.Eu).filter { servers.any { it.inEu == true } }
            return listOf(Whereabouts.Everywhere) + eu + countries.map(Whereabouts::Country)
        }
    }
}
