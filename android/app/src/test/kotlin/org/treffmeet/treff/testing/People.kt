package org.treffmeet.treff.testing

import org.treffmeet.treff.core.ChatLine
import org.treffmeet.treff.core.ConnectionState
import org.treffmeet.treff.core.DataUse
import org.treffmeet.treff.core.Device
import org.treffmeet.treff.core.Devices
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.Participant
import org.treffmeet.treff.core.Preview
import org.treffmeet.treff.core.Quality
import org.treffmeet.treff.core.RecentMeeting
import org.treffmeet.treff.core.RoomDoor
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.SelfView
import org.treffmeet.treff.core.Server
import org.treffmeet.treff.core.Settings
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.core.Theme
import org.treffmeet.treff.core.Tracks
import org.treffmeet.treff.core.UserError

/** Snapshots as the core makes them, told as little as a story needs. Tuesday, 24 November 2026, 18:30 in UTC. */
const val NOW = 1_795_545_000_000L
const val MINUTE = 60_000L
const val DAY = 24 * 60 * MINUTE

val SETTINGS = Settings(
    name = "", microphoneOn = true, cameraOn = true, dataUse = DataUse.AUTO, selfView = true, mirror = true, sounds = true,
    notifications = true, keepHistory = true, noiseSuppression = true, theme = Theme.SYSTEM, language = null,
    textSize = 100u, welcomed = true,
)

val BEISPIEL = server("meet.example.org", "Beispielserver", "Beispielverein e. V.", "DE")
val EXEMPLE = server("visio.example.net", "Visio Exemple", "Association Exemple", "FR")
val VOORBEELD = server("meet.example.nl", "Ontmoeting", "Stichting Voorbeeld", "NL")

fun server(address: String, name: String, operator: String? = null, country: String? = null) = Server(
    address = address, name = name, preset = true, operator = operator, country = country, inEu = country?.let { true },
    hosting = null, website = "https://$address/", terms = null, privacy = null, source = null, sourceDate = null, notes = "",
)

/** The phone's two cameras; the first looks at the person. */
val CAMERAS = listOf(Device("1", ""), Device("0", ""))

/** At home, with a server chosen. */
val HOME = Snapshot(
    revision = 1u, screen = Screen.Home, room = "", link = "", subject = null, connection = ConnectionState.IDLE,
    me = SelfView("", "", false, false, false, false, false, null), participants = emptyList(), dominantSpeaker = null,
    chat = emptyList(), recording = false, recentSpeakers = emptyList(), quality = Quality.UNKNOWN,
    door = RoomDoor(false, false, emptyList(), false, false), dialIn = null, joinedAt = null, endedAt = null, newMeeting = false,
    preview = Preview(false, false), devices = Devices(emptyList(), emptyList(), CAMERAS, null, null, null, null, null, null, null, false),
    settings = SETTINGS, servers = listOf(BEISPIEL, EXEMPLE, VOORBEELD), checks = emptyList(), comparison = null,
    preferredServer = "meet.example.org", nextServer = null, recent = emptyList(),
)

/** The same with a longer list; one of its servers is outside the EU. */
val MORE_SERVERS = HOME.copy(
    servers = HOME.servers + server("treffpunkt.example.at", "Treffpunkt", "Verein Freies Netz", "AT") +
        server("alpen.example.ch", "Alpen", "Genossenschaft Freies Netz", "CH").copy(inEu = false),
)

/** A meeting whose link was opened. */
val OPENED = HOME.copy(screen = Screen.Prejoin, room = "Elterngruppe Dienstag", link = "https://meet.example.org/ElterngruppeDienstag", connection = ConnectionState.CONNECTING)

/** Ada's meeting, with these people in it. */
fun call(vararg people: Participant) = OPENED.copy(
    screen = Screen.Call, connection = ConnectionState.CONNECTED, joinedAt = (NOW - 24 * MINUTE).toULong(), quality = Quality.GOOD,
    me = SelfView("ada", "Ada", false, true, false, false, false, null), participants = people.toList(),
)

fun ended(reason: EndReason, minutes: Int? = null) = OPENED.copy(
    screen = Screen.Ended(reason), connection = ConnectionState.IDLE, endedAt = NOW.toULong(),
    joinedAt = minutes?.let { (NOW - it * MINUTE).toULong() },
)

fun failed(error: UserError, minutes: Int? = null) = ended(EndReason.Failed(error), minutes)

/** Where a screen can be shared, and it is. */
fun Snapshot.sharing(shared: Boolean = true) = copy(devices = devices.copy(canShare = true), me = me.copy(screen = if (shared) "ada-v1" else null))

/** Somebody whose endpoint is their name in small letters. */
fun person(name: String, camera: Boolean = true, muted: Boolean = false, hand: Long? = null, screen: Boolean = false, moderator: Boolean = false) = name.lowercase().let { id ->
    Participant(id, name, moderator, hand?.toULong(), Tracks(!muted, if (camera) "$id-v0" else null, if (screen) "$id-v1" else null), 1f)
}

fun line(id: String, from: String, text: String, at: Long = NOW, private: Boolean = false, to: String? = null) =
    ChatLine(id, from.lowercase(), to, from, text, private, at.toULong())

fun recent(room: String, server: String, at: Long) = RecentMeeting("https://$server/${room.replace(" ", "")}", room, server, at.toULong())
