package org.treffmeet.treff.testing

import android.os.Looper
import org.junit.Assert.fail
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowPausedLooper
import org.treffmeet.treff.TreffApplication
import org.treffmeet.treff.core.Config
import org.treffmeet.treff.core.TestLab
import org.treffmeet.treff.running.NetworkSwitch
import org.treffmeet.treff.running.Running

/** The app on the real core, with a lab on this machine as the network. */
class LabApplication : TreffApplication() {
    lateinit var lab: TestLab

    override fun start() = Running.start(this, Config(resolve = listOf(lab.resolve)), lab.trust()) { client ->
        NetworkSwitch { client.setAddresses(listOf("127.0.0.1")) }
    }

    /** What comes to the main thread. */
    val news get() = shadowOf(Looper.getMainLooper()) as ShadowPausedLooper

    /** Lets news come until something is seen. */
    fun until(what: String, seen: () -> Boolean) {
        val deadline = System.nanoTime() + PATIENCE_NS
        while (!seen()) {
            if (System.nanoTime() > deadline) fail("waited in vain for $what; the state: ${running.session.state}")
            news.poll(POLL_MS)
            news.idle()
        }
    }

    private companion object {
        const val PATIENCE_NS = 30_000_000_000L
        const val POLL_MS = 50L
    }
}
