package org.treffmeet.treff.comparison

import org.treffmeet.treff.R
import org.treffmeet.treff.core.CheckState
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.ComparisonLine
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.server.Findings
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class ComparisonPresenter(private val session: Session, private val tone: (Finding) -> Tone) {
    /** What the person chose; until then what is compared already, or the server in use and the next. */
    private var chosen: Set<String>? = null

    private fun chosen(): Set<String> {
        val snapshot = session.state.snapshot
        val servers = snapshot.servers.map { it.address }
        val start = { snapshot.comparison?.servers ?: servers.sortedBy { it != snapshot.preferredServer }.take(FEWEST) }
        return (chosen ?: start()).intersect(servers.toSet())
    }

    fun state(): ComparisonState {
        val snapshot = session.state.snapshot
        val chosen = chosen()
        val compared = snapshot.comparison?.servers.orEmpty()
        val looking = compared.any { check(it) is CheckState.Running }
        return ComparisonState(
            candidates = snapshot.servers.map { Candidate(it.address, session.state.serverName(it.address), it.address in chosen) },
            ready = chosen.size in FEWEST..MOST && !looking,
            look = words(if (looking) R.string.looking else if (compared.isEmpty()) R.string.compare_look else R.string.look_again),
            lines = snapshot.comparison?.lines.orEmpty().map { line(it, compared) },
        )
    }

    private fun line(line: ComparisonLine, servers: List<String>) = ComparedLine(
        Findings.topic(line.topic),
        servers.zip(line.cells) { server, findings ->
            val found = findings.map(Findings::short).ifEmpty { listOf(nothing(server)) }
            ComparedCell(session.state.serverName(server), findings.map(tone).maxOrNull() ?: Tone.PLAIN, found)
        },
    )

    /** Why there is nothing in a cell. */
    private fun nothing(server: String): Words = words(
        when (check(server)) {
            is CheckState.Running -> R.string.looking
            is CheckState.Failed -> R.string.compare_failed
            else -> R.string.compare_silent
        },
    )

    private fun check(server: String) = session.state.snapshot.checks.find { it.address == server }?.state

    /** Takes a server in or out; a fifth has no place. */
    fun choose(address: String, wanted: Boolean) {
        val before = chosen()
        if (!wanted || before.size < MOST) chosen = if (wanted) before + address else before - address
        session.poke()
    }

    fun look() {
        val chosen = chosen()
        session.dispatch(Command.CompareServers(session.state.snapshot.servers.map { it.address }.filter { it in chosen }))
    }

    fun back() = session.back()

    private companion object {
        const val FEWEST = 2
        const val MOST = 4
    }
}
