package org.treffmeet.treff.prejoin

import kotlin.math.roundToInt
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Protection
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.session.AppState
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.session.Shown
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class PrejoinPresenter(private val session: Session) {
    /** The microphone may be heard now: the person allowed it, and sees the screen. */
    private var allowed = false
    private var measured = false
    private var level = 0

    init {
        session.listen(::measure)
        session.hear { event -> if (event is Event.Levels && measured) loud(event.me) }
    }

    private val inFront get() = session.state.shown == Shown.PREJOIN

    fun allow(allowed: Boolean) {
        this.allowed = allowed
        measure()
    }

    /** Opens the microphone for as long as its level is shown; entering the call ends that by itself. */
    private fun measure() {
        val wanted = allowed && inFront && session.state.microphone
        if (wanted == measured) return
        measured = wanted
        level = 0
        if (wanted || session.state.snapshot.screen is Screen.Prejoin) session.dispatch(Command.SetPreview(wanted, false))
    }

    private fun loud(now: Float) {
        val before = level
        level = (now.coerceIn(0f, 1f) * PrejoinState.LOUDEST).roundToInt()
        if (level != before) session.poke()
    }

    fun state(): PrejoinState {
        val state = session.state
        val refused = state.microphoneRefused
        val problem = if (refused) DeviceProblem.REFUSED else state.snapshot.devices.microphoneProblem
        return PrejoinState(
            meeting = state.meeting,
            trust = trust(state),
            name = ownName(state),
            microphone = state.microphone,
            level = level.takeIf { measured },
            microphoneProblem = problem?.takeIf { state.microphone || refused }?.let(Problems::microphone),
            refused = refused,
            invite = state.snapshot.newMeeting,
            link = state.snapshot.link,
        )
    }

    private fun trust(state: AppState): Words {
        val address = state.meetingServer
        val server = state.server(address)
        val operator = server?.operator ?: return words(R.string.server_line, state.serverName(address))
        val country = server.country ?: return words(R.string.run_by_only, operator)
        return words(R.string.run_by, operator, Words.Country(country))
    }

    fun setMicrophone(on: Boolean) = session.update { it.copy(microphone = on) }

    fun openServer() = session.go(Place.OneServer(session.state.meetingServer))

    /** The system was asked for the microphone. */
    fun microphoneAnswered(granted: Boolean) = session.update {
        it.copy(microphoneRefused = !granted, microphone = it.microphone && granted)
    }

    /** Enters; without the camera, which the app does not use. */
    fun join(name: String) {
        val given = name.trim().ifEmpty { null }
        session.dispatch(Command.Join(given, null, session.state.microphone, false, Protection(null, false)))
    }

    fun back() = session.back()

    companion object {
        /** The person's name, as far as they gave one. */
        fun ownName(state: AppState): String = state.snapshot.settings.name.ifEmpty { state.snapshot.me.name }
    }
}
