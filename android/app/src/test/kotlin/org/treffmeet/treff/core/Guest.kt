package org.treffmeet.treff.core

import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import org.junit.Assert.fail

/** A person with the real core, as the app holds it. */
class Guest(lab: TestLab, trust: Platform = lab.trust(), decoders: List<DeviceCodec> = emptyList()) : AutoCloseable {
    private val news = LinkedBlockingQueue<Event>()
    private val states = LinkedBlockingQueue<Snapshot>()
    val client = Client(Config(resolve = listOf(lab.resolve), decoders = decoders), trust)

    init {
        client.setAddresses(listOf("127.0.0.1"))
        client.subscribe(object : Observer {
            override fun onEvent(event: Event) { news += event }
            override fun onSnapshot(snapshot: Snapshot) { states += snapshot }
        })
    }

    fun join(lab: TestLab, name: String, microphone: Boolean = true) {
        client.dispatch(Command.Open(lab.link, null))
        client.dispatch(Command.Join(name, null, microphone, false, Protection(null, false)))
    }

    /** Waits for the first event of a kind; those before it count as seen. */
    fun <T : Event> until(what: String, kind: Class<T>, wanted: (T) -> Boolean = { true }): T {
        val seen = mutableListOf<Event>()
        val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S)
        while (true) {
            val event = news.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS) ?: break
            if (kind.isInstance(event) && wanted(kind.cast(event)!!)) return kind.cast(event)!!
            seen += event
        }
        fail("waited in vain for $what; what came last: ${seen.takeLast(LAST)}; the state: ${client.snapshot()}")
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
        const val LAST = 20
    }
}
