package org.treffmeet.treff.session

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DeviceKind
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.Settings
import org.treffmeet.treff.core.Snapshot

/**
 * What the app does, without a screen: holds the state, hands wishes to the core, and tells listeners when something
 * changed. In: snapshots, events, wishes, all on the main thread. Out: commands, and calls of the listeners.
 */
class Session(private val core: Core, val clock: Clock, private val mark: CallMark) {
    var state = AppState(core.snapshot(), brokenOff = mark.left())
        private set
    private val changed = mutableListOf<() -> Unit>()
    private val happened = mutableListOf<(Event) -> Unit>()

    /** Calls [listener] after each change of the state; the answer ends that. */
    fun listen(listener: () -> Unit): () -> Unit {
        changed += listener
        return { changed -= listener }
    }

    /** Calls [listener] with each event; the answer ends that. */
    fun hear(listener: (Event) -> Unit): () -> Unit {
        happened += listener
        return { happened -= listener }
    }

    fun dispatch(command: Command) = core.dispatch(command)

    fun diagnostics(system: String) = core.diagnostics(system)

    fun licences() = core.licences()

    fun update(change: (AppState) -> AppState) {
        val before = state
        state = change(before)
        if (state != before) poke()
    }

    /** Draws anew, because something besides the state changed. */
    fun poke() = changed.toList().forEach { it() }

    /** The core's state changed. */
    fun onSnapshot(snapshot: Snapshot) {
        // Two may be on their way at once; only the newest is drawn.
        if (snapshot.revision < state.snapshot.revision) return
        val before = state.snapshot.screen
        remember(before, snapshot)
        update {
            when {
                snapshot.screen is Screen.Prejoin && before !is Screen.Prejoin ->
                    it.copy(snapshot = snapshot, microphone = snapshot.settings.microphoneOn, camera = snapshot.settings.cameraOn)
                // A call must not stay hidden below a page that was opened before it.
                snapshot.screen is Screen.Call && before !is Screen.Call ->
                    it.copy(snapshot = snapshot, places = emptyList())
                else -> it.copy(snapshot = snapshot)
            }
        }
    }

    /** Something happened. */
    fun onEvent(event: Event) {
        if (event is Event.ServerRefused) update { it.copy(serverProblem = event.error) }
        happened.toList().forEach { it(event) }
    }

    private fun remember(before: Screen, snapshot: Snapshot) {
        val now = snapshot.screen
        if (now is Screen.Call && before !is Screen.Call) mark.set(OpenCall(snapshot.link, snapshot.room))
        if (now !is Screen.Call && before is Screen.Call) mark.set(null)
    }

    /** Opens what was tapped, typed or pasted; asks first when that would end a meeting. */
    fun open(link: String) {
        val text = link.trim()
        when {
            text.isEmpty() || (state.inMeeting && text == state.snapshot.link) -> Unit
            state.inMeeting -> update { it.copy(askedAbout = text) }
            else -> openNow(text)
        }
    }

    /** The answer to a link that came while in another call. */
    fun switchMeeting(leave: Boolean) {
        val link = state.askedAbout ?: return
        update { it.copy(askedAbout = null) }
        if (leave) openNow(link)
    }

    private fun openNow(link: String) {
        mark.set(null)
        update { it.copy(opened = link, places = emptyList(), brokenOff = null) }
        dispatch(Command.Open(link, null))
    }

    /** The offer to go back to where the app ended was declined. */
    fun forgetBrokenOff() {
        mark.set(null)
        update { it.copy(brokenOff = null) }
    }

    fun go(place: Place) = update { it.copy(places = it.places + place, serverProblem = null) }

    /** One step back; false when there is none, and the app may go to the background. */
    fun back(): Boolean {
        if (!state.leadsBack) return false
        if (state.places.isEmpty()) dispatch(Command.GoHome) else update { it.copy(places = it.places.dropLast(1), serverProblem = null) }
        return true
    }

    /** The next of the cameras, if there are several. */
    fun nextCamera() {
        val devices = state.snapshot.devices
        if (devices.cameras.size < 2) return
        // The first one is open where none is chosen.
        val now = devices.cameras.indexOfFirst { it.id == devices.camera }.coerceAtLeast(0)
        dispatch(Command.SelectDevice(DeviceKind.CAMERA, devices.cameras[(now + 1) % devices.cameras.size].id))
    }

    /** Changes some of the settings. */
    fun settings(change: (Settings) -> Settings) =
        dispatch(Command.ChangeSettings(change(state.snapshot.settings)))
}
