package org.treffmeet.treff.session

import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.Server
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.core.UserError

/** A page that lies over what the core shows. */
sealed interface Place {
    data object Settings : Place
    data object Servers : Place
    data class OneServer(val address: String) : Place
    data object Comparison : Place
    data object Diagnostics : Place
    data object Licences : Place
}

/** The screens. */
enum class Shown { HOME, PREJOIN, WAITING, CALL, ENDED, SETTINGS, SERVERS, SERVER, COMPARISON, DIAGNOSTICS, LICENCES }

/** Everything the presenters draw from: the core's snapshot, and what the app remembers besides. */
data class AppState(
    val snapshot: Snapshot,
    /** Pages over it, the uppermost last. */
    val places: List<Place> = emptyList(),
    /** Whether the opened meeting will be entered with the microphone on. */
    val microphone: Boolean = true,
    /** The same for the camera. */
    val camera: Boolean = true,
    /** The link that was opened last. */
    val opened: String = "",
    /** A link that came while in another call, until the person chose. */
    val askedAbout: String? = null,
    /** The person or the system refused the microphone. */
    val microphoneRefused: Boolean = false,
    /** The same for the camera. */
    val cameraRefused: Boolean = false,
    /** Another call of the phone holds this one. */
    val held: Boolean = false,
    /** The person agreed to show the screen: the service has to say so for as long as it is shown. */
    val showsScreen: Boolean = false,
    /** The meeting in which the app ended without being told to. */
    val brokenOff: OpenCall? = null,
    /** What is wrong with the server that was to be added. */
    val serverProblem: UserError? = null,
) {
    val shown: Shown
        get() = when (places.lastOrNull()) {
            Place.Settings -> Shown.SETTINGS
            Place.Servers -> Shown.SERVERS
            is Place.OneServer -> Shown.SERVER
            Place.Comparison -> Shown.COMPARISON
            Place.Diagnostics -> Shown.DIAGNOSTICS
            Place.Licences -> Shown.LICENCES
            null -> when (snapshot.screen) {
                is Screen.Prejoin -> Shown.PREJOIN
                is Screen.Joining -> Shown.WAITING
                is Screen.Call -> Shown.CALL
                is Screen.Ended -> if (linkProblem == null) Shown.ENDED else Shown.HOME
                else -> Shown.HOME
            }
        }

    /** On the way into a meeting, or in it. */
    val inMeeting: Boolean get() = snapshot.screen is Screen.Joining || snapshot.screen is Screen.Call

    /** There is a screen before this one. */
    val leadsBack: Boolean get() = places.isNotEmpty() || snapshot.screen is Screen.Prejoin || snapshot.screen is Screen.Ended

    val failure: UserError?
        get() = ((snapshot.screen as? Screen.Ended)?.reason as? EndReason.Failed)?.error

    /** What is wrong with what was typed at home. */
    val linkProblem: UserError?
        get() = failure?.takeIf {
            it is UserError.LinkInvalid || it is UserError.NoServerChosen || it is UserError.OtherService
        }

    /** The meeting's name for display. */
    val meeting: String get() = snapshot.subject?.takeIf { it.isNotEmpty() } ?: snapshot.room

    /** The server of the opened meeting, as its link spells it. */
    val meetingServer: String get() = snapshot.link.substringAfter("://").substringBeforeLast('/')

    fun server(address: String): Server? = snapshot.servers.find { it.address == address }

    /** The person's name for a server, else its address. */
    fun serverName(address: String): String = server(address)?.name?.takeIf { it.isNotEmpty() } ?: address
}
