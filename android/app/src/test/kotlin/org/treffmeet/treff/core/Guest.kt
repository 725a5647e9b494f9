package org.treffmeet.treff.core

import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.junit.Assert.fail

/** A person with the real core, as the app holds it. */
class Guest(lab: TestLab, trust: Platform = lab.trust()) : AutoCloseable {
    private val news = LinkedBlockingQueue<Event>()
    private val states = LinkedBlockingQueue<Snapshot>()
    val client = Client(Config(resolve = listOf(lab.resolve)), trust)

    init {
        client.setAddresses(listOf("127.0.0.1"))
        client.subscribe(object : Observer {
            override fun onEvent(event: Event) { news += event }
            override fun onSnapshot(snapshot: Snapshot) { states += snapshot }
        })
    }

    fun join(lab: TestLab, name: String) {
        client.dispatch(Command.Open(lab.link, null))
        client.dispatch(Command.Join(name, null, true, false, Protection(null, false)))
    }

    /** Waits for the first event of a kind; those before it count as seen. */
    fun <T : Event> until(what: String, kind: Class<T>): T {
        val seen = mutableListOf<Event>()
        while (true) {
            val event = news.poll(PATIENCE_S, TimeUnit.SECONDS) ?: break
            if (kind.isInstance(event)) return kind.cast(event)!!
            seen += event
        }
        fail("waited in vain for $what; what came: $seen; the state: ${client.snapshot()}")
        throw AssertionError()
    }

    /** Waits for a state. */
    fun sees(what: String, wanted: (Snapshot) -> Boolean): Snapshot {
        while (true) {
            val state = states.poll(PATIENCE_S, TimeUnit.SECONDS) ?: break
            if (wanted(state)) return state
        }
        fail("waited in vain for $what; the state: ${client.snapshot()}")
        throw AssertionError()
    }

    override fun close() {
        client.shutdown()
        client.close()
    }

    private companion object {
        const val PATIENCE_S = 20L
    }
}
