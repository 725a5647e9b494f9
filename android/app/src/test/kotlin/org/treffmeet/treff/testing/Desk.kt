package org.treffmeet.treff.testing

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Licence
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.running.Presenters
import org.treffmeet.treff.session.CallMark
import org.treffmeet.treff.session.Clock
import org.treffmeet.treff.session.Core
import org.treffmeet.treff.session.OpenCall
import org.treffmeet.treff.session.Session

/** A core that only notes what it was asked for. */
class FakeCore(var snapshot: Snapshot = HOME) : Core {
    val asked = mutableListOf<Command>()

    override fun dispatch(command: Command) {
        asked += command
    }

    override fun snapshot() = snapshot
    override fun diagnostics(system: String) = "Treff 0.1.0\nSystem: $system\nScreen: home, connection Idle, quality Unknown\nPeople: 0\n"
    override fun licences() = listOf(Licence("MIT / Apache-2.0", listOf("bytes", "ring", "serde", "tokio")), Licence("MPL-2.0", listOf("minidom", "xmpp-parsers")))
}

/** A clock that is set by hand. */
class FakeClock : Clock {
    var now = NOW

    override fun wall() = now
    override fun ticks() = now - NOW
}

class FakeMark(var open: OpenCall? = null) : CallMark {
    override fun left() = open
    override fun set(call: OpenCall?) {
        open = call
    }
}

/** A session with its presenters, on a fake core and clock. */
class Desk(start: Snapshot = HOME, val mark: FakeMark = FakeMark()) {
    val core = FakeCore(start)
    val clock = FakeClock()
    val session = Session(core, clock, mark)
    val presenters = Presenters(session, { null }) { Tone.PLAIN }
    private var revision = start.revision

    /** The core says that this is so now. */
    fun shows(snapshot: Snapshot) {
        revision += 1u
        session.onSnapshot(snapshot.copy(revision = revision))
    }

    fun asked(): List<Command> = core.asked.toList().also { core.asked.clear() }
}
