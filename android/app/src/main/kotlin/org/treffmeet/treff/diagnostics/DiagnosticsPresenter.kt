package org.treffmeet.treff.diagnostics

import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session

class DiagnosticsPresenter(private val session: Session) {
    private var text: String? = null
    private var copied = false

    init {
        // The next look is a new one.
        session.listen { if (session.state.places.lastOrNull() != Place.Diagnostics) forget() }
    }

    private fun forget() {
        text = null
        copied = false
    }

    /** [system] is a line about this phone. What was the case on opening the page stays on it, to be read and copied. */
    fun state(system: String): DiagnosticsState {
        val shown = text ?: session.diagnostics(system).also { text = it }
        return DiagnosticsState(shown, copied)
    }

    fun copied() {
        copied = true
        session.poke()
    }

    fun back() = session.back()
}
