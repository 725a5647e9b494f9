package org.treffmeet.treff.prejoin

import kotlin.math.roundToInt
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Preview
import org.treffmeet.treff.core.Protection
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.invite.CalendarEntry
import org.treffmeet.treff.session.AppState
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.session.Shown
import org.treffmeet.treff.ui.Problems
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

class PrejoinPresenter(private val session: Session) {
    /** Microphone and camera may be used now: the person allowed it, and sees the screen. */
    private var allowed = Preview(false, false)
    private var asked = Preview(false, false)
    private var level = 0

    init {
        session.listen(::preview)
        session.hear { event -> if (event is Event.Levels && asked.microphone) loud(event.me) }
    }

    private val inFront get() = session.state.shown == Shown.PREJOIN
    private val hasCamera get() = session.state.snapshot.devices.cameras.isNotEmpty()

    /** Whether the meeting is to be entered with the camera on. */
    val wantsCamera: Boolean get() = session.state.camera && hasCamera

    fun allow(hears: Boolean, sees: Boolean) {
        if (allowed == Preview(hears, sees)) return
        allowed = Preview(hears, sees)
        session.poke()
    }

    /** Opens them for as long as they are shown; entering the call ends that by itself. */
    private fun preview() {
        val wanted = Preview(allowed.microphone && inFront && session.state.microphone, allowed.camera && inFront && wantsCamera)
        if (wanted == asked) return
        if (wanted.microphone != asked.microphone) level = 0
        asked = wanted
        if (wanted.microphone || wanted.camera || session.state.snapshot.screen is Screen.Prejoin) {
            session.dispatch(Command.SetPreview(wanted.microphone, wanted.camera))
        }
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
            level = level.takeIf { asked.microphone },
            microphoneProblem = problem?.takeIf { state.microphone || refused }?.let(Problems::microphone),
            camera = state.camera.takeIf { hasCamera },
            picture = state.snapshot.preview.camera,
            askForCamera = wantsCamera && !allowed.camera && !state.cameraRefused,
            otherCamera = state.snapshot.preview.camera && state.snapshot.devices.cameras.size > 1,
            cameraProblem = cameraProblem(state),
            refused = refused || state.cameraRefused,
            invite = state.snapshot.newMeeting,
            link = state.snapshot.link,
        )
    }

    private fun cameraProblem(state: AppState): Words? {
        val devices = state.snapshot.devices
        val problem = if (state.cameraRefused) DeviceProblem.REFUSED else devices.cameraProblem?.takeIf { wantsCamera && allowed.camera }
        return problem?.let(Problems::camera)
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

    fun setCamera(on: Boolean) = session.update { it.copy(camera = on, cameraRefused = it.cameraRefused && !on) }

    /** The system was asked for the camera. */
    fun cameraAnswered(granted: Boolean) = session.update { it.copy(cameraRefused = !granted, camera = it.camera && granted) }

    fun switchCamera() = session.nextCamera()

    /** Enters. */
    fun join(name: String) {
        val given = name.trim().ifEmpty { null }
        session.dispatch(Command.Join(given, null, session.state.microphone, wantsCamera, Protection(null, false)))
    }

    fun entry() = CalendarEntry.of(session)

    fun back() = session.back()

    companion object {
        /** The person's name, as far as they gave one. */
        fun ownName(state: AppState): String = state.snapshot.settings.name.ifEmpty { state.snapshot.me.name }
    }
}
