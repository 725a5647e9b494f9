package org.treffmeet.treff.screens

import android.widget.ScrollView
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.call.Sheet
import org.treffmeet.treff.call.Subject
import org.treffmeet.treff.core.CheckState
import org.treffmeet.treff.core.Comparison
import org.treffmeet.treff.core.ComparisonLine
import org.treffmeet.treff.core.ComparisonTopic
import org.treffmeet.treff.core.ConnectionState
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.DialIn
import org.treffmeet.treff.core.DialInNumber
import org.treffmeet.treff.core.EndReason
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.ForeignPurpose
import org.treffmeet.treff.core.Knocker
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.core.OtherService
import org.treffmeet.treff.core.Preview
import org.treffmeet.treff.core.Quality
import org.treffmeet.treff.core.Reaction
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.ServerCheck
import org.treffmeet.treff.core.ServerFeature
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.core.SpeakerLevel
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.core.Waiting
import org.treffmeet.treff.servers.ListFile
import org.treffmeet.treff.servers.Whereabouts
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.DAY
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.MINUTE
import org.treffmeet.treff.testing.MORE_SERVERS
import org.treffmeet.treff.testing.NOW
import org.treffmeet.treff.testing.OPENED
import org.treffmeet.treff.testing.SETTINGS
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.call
import org.treffmeet.treff.testing.ended
import org.treffmeet.treff.testing.failed
import org.treffmeet.treff.testing.field
import org.treffmeet.treff.testing.line
import org.treffmeet.treff.testing.person
import org.treffmeet.treff.testing.recent
import org.treffmeet.treff.testing.sharing
import org.treffmeet.treff.testing.views
import org.treffmeet.treff.ui.Wallpaper

/** A state of a screen, and on what kind of phone it is seen. */
class Scene(
    val name: String,
    val snapshot: Snapshot,
    val language: String = "en",
    val dark: Boolean = false,
    /** The size of the type, 2.0 at most. */
    val type: Float = 1f,
    val size: String = PHONE,
    /** What happened before the picture. */
    val before: TestApplication.() -> Unit = {},
    val after: MainActivity.() -> Unit = {},
) {
    override fun toString() = name

    companion object {
        const val PHONE = "w360dp-h740dp-port"
        const val ACROSS = "w740dp-h360dp-land"
        const val SMALL = "w150dp-h200dp-port"
        const val TABLET = "w1000dp-h700dp-land"
    }
}

private val lived = HOME.copy(
    recent = listOf(
        recent("Elterngruppe Dienstag", "meet.example.org", NOW - DAY), recent("Gartenfreunde Musterdorf", "visio.example.net", NOW - 12 * DAY),
        recent("Chorprobe Alt", "meet.example.com", NOW - 400 * DAY),
    ),
)
private val first = HOME.copy(preferredServer = null, settings = SETTINGS.copy(welcomed = false))
private val named = OPENED.copy(settings = SETTINGS.copy(name = "Ruth Beispiel"))
private val two = call(person("Ben", camera = false))
/** With Ada's own camera on; no picture has come. */
private val seen = two.copy(me = two.me.copy(camera = true))
private val six = call(
    person("Ruth", camera = false), person("Emil", camera = false), person("Ayşe", camera = false, muted = true),
    person("Marek", camera = false, muted = true, hand = NOW), person("Großmutter Ilse", camera = false, moderator = true),
)
private val crowd = call(*(1..40).map { person("Gast $it", camera = false, muted = it % 3 == 0) }.toTypedArray())
private val shared = call(person("Ben", camera = false, screen = true), person("Cleo", camera = false), person("Dora", camera = false, muted = true))
private val talk = six.copy(
    chat = listOf(
        line("1", "Ruth", "Guten Abend zusammen! Hört ihr mich?", NOW - 9 * MINUTE), line("2", "Ada", "Ja, sehr gut.", NOW - 8 * MINUTE),
        line("3", "Emil", "Die Liste liegt hier: https://example.org/liste", NOW - 4 * MINUTE),
        line("4", "Ruth", "Nur unter uns: Wer bringt morgen den Kuchen mit?", NOW - 2 * MINUTE, private = true),
    ),
)
private val door = six.copy(
    me = six.me.copy(moderator = true),
    door = six.door.copy(knocking = listOf(Knocker("1", "Frau Öztürk"), Knocker("2", "")), lobby = true, passwordSet = true, maySetLobby = true, maySetPassword = true),
)
private val findings = listOf(
    Finding.Answers(84u), Finding.Release("stable-10133", "2026-02-11"), Finding.Location("DE", true, "2026-11-24"), Finding.OpensRooms(true),
    Finding.Feature(ServerFeature.END_TO_END_ENCRYPTION, true), Finding.Feature(ServerFeature.RECORDING, false),
    Finding.BrowserLoads(ForeignPurpose.WEB_FRONT, "front.example.com"),
)

private val compared = lived.copy(
    comparison = Comparison(
        listOf("meet.example.org", "visio.example.net", "meet.example.nl"),
        listOf(
            ComparisonLine(ComparisonTopic.Answers, listOf(listOf(Finding.Answers(84u)), listOf(Finding.Answers(41u)), emptyList())),
            ComparisonLine(ComparisonTopic.OpensRooms, listOf(listOf(Finding.OpensRooms(true)), listOf(Finding.OpensRooms(false)), emptyList())),
            ComparisonLine(ComparisonTopic.Feature(ServerFeature.LOBBY), listOf(listOf(Finding.Feature(ServerFeature.LOBBY, true)), emptyList(), emptyList())),
            ComparisonLine(
                ComparisonTopic.BrowserLoads,
                listOf(listOf(Finding.NothingForeign), listOf(Finding.BrowserLoads(ForeignPurpose.STUN, "stun.example.com"), Finding.BrowserLoads(ForeignPurpose.ANALYTICS, "count.example.com")), emptyList()),
            ),
        ),
    ),
    checks = listOf(
        ServerCheck("meet.example.org", CheckState.Done(emptyList(), NOW.toULong())), ServerCheck("visio.example.net", CheckState.Done(emptyList(), NOW.toULong())),
        ServerCheck("meet.example.nl", CheckState.Failed(UserError.ServerUnreachable("meet.example.nl"))),
    ),
)

private val noted = lived.copy(
    servers = lived.servers.map { if (it.address == "visio.example.net") it.copy(name = "Der vom Chor", notes = "Nur abends.\nRuth hat ihn empfohlen, sie kennt die Leute vom Verein.") else it },
)

/** What a screen says last. */
private val toTheEnd: MainActivity.() -> Unit = { views().filterIsInstance<ScrollView>().first().run { scrollTo(0, getChildAt(0).height) } }

private fun waiting(waiting: Waiting?) = named.copy(screen = Screen.Joining(waiting))

private fun sheet(sheet: Sheet): MainActivity.() -> Unit = { (application as TestApplication).running.presenters.call.open(sheet) }

private fun place(vararg places: Place): TestApplication.() -> Unit = { places.forEach(running.session::go) }

private fun search(text: String, where: Whereabouts): TestApplication.() -> Unit = {
    place(Place.Servers)()
    running.presenters.servers.run {
        look(text)
        choose(where)
    }
}

private fun event(event: Event): MainActivity.() -> Unit = {
    (application as TestApplication).running.session.run {
        onEvent(event)
        poke()
    }
}

private fun held(): MainActivity.() -> Unit = { (application as TestApplication).running.session.update { it.copy(held = true) } }

val SCENES = listOf(
    Scene("home", lived), Scene("home-de", lived, "de"), Scene("home-fr-dark", lived, "fr", dark = true), Scene("home-large-de", lived, "de", type = 2f),
    Scene("home-first-de", first, "de"), Scene("home-first-large", first, type = 2f), Scene("home-tablet-de", lived, "de", size = Scene.TABLET),
    Scene("home-wallpaper-de", lived, "de", before = { Wallpaper.want(this, true) }), Scene("call-wallpaper-dark", door, dark = true, before = { Wallpaper.want(this, true) }),
    Scene("home-error-de", failed(UserError.LinkInvalid("no host")), "de", after = { field("Link oder Raumname").setText("https://example.org") }),
    Scene("home-elsewhere-fr", failed(UserError.OtherService(OtherService.ZOOM, "https://zoom.us/j/1")), "fr"),
    Scene("home-broken-off-de", lived, "de", before = { mark.open = org.treffmeet.treff.session.OpenCall(OPENED.link, OPENED.room) }),
    Scene("prejoin", named, after = {
        (application as TestApplication).running.presenters.prejoin.allow(hears = true, sees = false)
        event(Event.Levels(0.4f, emptyList()))()
    }),
    Scene("prejoin-de-dark", named, "de", dark = true), Scene("prejoin-large-fr", named, "fr", type = 2f),
    Scene("prejoin-new-de", named.copy(newMeeting = true, room = "Sieben heitere Eulen"), "de"), Scene("prejoin-across-de", named, "de", size = Scene.ACROSS),
    Scene("prejoin-camera-refused-de", named, "de", after = { (application as TestApplication).running.presenters.prejoin.cameraAnswered(false) }),
    Scene("prejoin-camera-busy-large", named.copy(preview = Preview(false, true), devices = named.devices.copy(cameraProblem = DeviceProblem.BUSY)), type = 2f, after = {
        (application as TestApplication).running.presenters.prejoin.allow(hears = true, sees = true)
    }),
    Scene("prejoin-refused-de", named, "de", after = { (application as TestApplication).running.presenters.prejoin.microphoneAnswered(false) }),
    Scene("prejoin-busy", named.copy(devices = named.devices.copy(microphoneProblem = DeviceProblem.BUSY))),
    Scene("waiting-connecting", waiting(null)), Scene("waiting-password-wrong-de", waiting(Waiting.Password(true)), "de"), Scene("waiting-knock-fr", waiting(Waiting.Knock), "fr"),
    Scene("waiting-moderator-dark-de", waiting(Waiting.Moderator), "de", dark = true), Scene("waiting-host-large-de", waiting(Waiting.Host), "de", type = 2f),
    Scene("waiting-name", waiting(Waiting.DisplayName)),
    Scene("call-alone-de", call(), "de"), Scene("call-two", two, after = event(Event.Levels(0f, listOf(SpeakerLevel("ben", 0.6f))))),
    Scene("call-six-de", six.copy(recording = true), "de", after = event(Event.Levels(0f, listOf(SpeakerLevel("ruth", 0.6f))))), Scene("call-six-large-de", six, "de", type = 2f),
    Scene("call-six-across", six, size = Scene.ACROSS), Scene("call-crowd-fr", crowd, "fr"), Scene("call-crowd-tablet", crowd, size = Scene.TABLET),
    Scene("call-share-de", shared, "de"), Scene("call-camera-de", seen, "de"), Scene("more-camera-large-fr", seen, "fr", type = 2f, after = sheet(Sheet.MORE)),
    Scene("call-sharing-de", six.sharing(), "de"), Scene("call-sharing-large-fr", two.sharing(), "fr", type = 2f), Scene("call-sharing-tablet-de", six.sharing(), "de", size = Scene.TABLET),
    Scene("call-sharing-over", six.sharing(shared = false), after = event(Event.Warning(Notice.ShareFailed(DeviceProblem.REFUSED), ""))),
    Scene("more-share-large-de", seen.sharing(shared = false), "de", type = 2f, after = sheet(Sheet.MORE)), Scene("more-sharing-fr", seen.sharing(), "fr", after = sheet(Sheet.MORE)),
    Scene("call-kept", six, after = { (application as TestApplication).running.presenters.call.pin(Subject.Person("emil")) }),
    Scene("call-reconnecting-de", six.copy(connection = ConnectionState.RECONNECTING, quality = Quality.POOR), "de"),
    Scene("call-knock-de", door, "de"), Scene("call-knock-large-fr", door, "fr", type = 2f),
    Scene("call-muted-de", six.copy(me = six.me.copy(microphone = false, handRaised = true)), "de", after = event(Event.MutedByModerator("audio", null))),
    Scene("call-held-de", six, "de", after = held()), Scene("call-held-large-fr", six, "fr", type = 2f, after = held()),
    Scene("call-notice", two, after = event(Event.Warning(Notice.ServerGoesDown, ""))),
    Scene("call-reactions", six, after = { for (reaction in listOf(Reaction.LIKE, Reaction.LOVE)) event(Event.Reaction("ruth", reaction))() }),
    Scene("call-small", six, size = Scene.SMALL, after = { (application as TestApplication).running.presenters.call.small(true) }),
    Scene("chat-de", talk, "de", after = sheet(Sheet.CHAT)), Scene("chat-empty-fr", two, "fr", after = sheet(Sheet.CHAT)), Scene("chat-large-de", talk, "de", type = 2f, after = sheet(Sheet.CHAT)),
    Scene("chat-private", talk, after = { (application as TestApplication).running.presenters.sheets.people.write("ruth") }), Scene("chat-tablet-de", talk, "de", size = Scene.TABLET, after = sheet(Sheet.CHAT)),
    Scene("people-de", door, "de", after = sheet(Sheet.PEOPLE)), Scene("people-large-fr", six, "fr", type = 2f, after = sheet(Sheet.PEOPLE)),
    Scene("more-de", door, "de", after = sheet(Sheet.MORE)), Scene("more-large", door, type = 2f, after = sheet(Sheet.MORE)), 
    Scene("invite-de", two, "de", after = sheet(Sheet.INVITE)), Scene("invite-telephone-large-fr", two.copy(dialIn = DialIn("4711 0815", listOf(DialInNumber("France", "+33 1 99 00 12 34"), DialInNumber("Royaume-Uni", "+44 20 7946 0123")))), "fr", type = 2f, after = sheet(Sheet.INVITE)),
    Scene("protection-de", door, "de", after = sheet(Sheet.PROTECTION)),
    Scene("servers-de", lived, "de", before = place(Place.Servers)), Scene("servers-large-dark", lived, dark = true, type = 2f, before = place(Place.Servers)),
    Scene("servers-added-de", lived, "de", before = place(Place.Servers), after = { event(Event.ServersImported(2u))(); toTheEnd() }),
    Scene("servers-no-list-large-dark-fr", lived, "fr", dark = true, type = 2f, before = place(Place.Servers), after = { (application as TestApplication).running.presenters.servers.takeIn(ListFile.Read("")); event(Event.ServerRefused(UserError.ServerInvalid("no list")))(); toTheEnd() }),
    Scene("servers-many-de", MORE_SERVERS, "de", before = place(Place.Servers)), Scene("servers-search-large-dark-fr", MORE_SERVERS, "fr", dark = true, type = 2f, before = search("netz", Whereabouts.Eu)),
    Scene("servers-none-de", MORE_SERVERS, "de", dark = true, before = search("Chor", Whereabouts.Country("CH"))),
    Scene("server-de", lived, "de", before = place(Place.OneServer("visio.example.net"))),
    Scene("server-own-de", noted, "de", before = place(Place.OneServer("visio.example.net")), after = toTheEnd), Scene("server-own-large-dark-fr", noted.copy(servers = noted.servers.sortedBy { it.address == "visio.example.net" }), "fr", dark = true, type = 2f, before = place(Place.OneServer("visio.example.net")), after = toTheEnd),
    Scene("server-found-de", lived.copy(checks = listOf(ServerCheck("meet.example.org", CheckState.Done(findings, NOW.toULong())))), "de", before = place(Place.OneServer("meet.example.org"))),
    Scene("server-failed-fr", lived.copy(checks = listOf(ServerCheck("visio.example.net", CheckState.Failed(UserError.ServerUnreachable("visio.example.net"))))), "fr", before = place(Place.OneServer("visio.example.net"))),
    Scene("compare-de", compared, "de", before = place(Place.Servers, Place.Comparison)), Scene("compare-large-fr", compared, "fr", dark = true, type = 2f, before = place(Place.Servers, Place.Comparison)),
    Scene("settings-de", named.copy(screen = Screen.Home), "de", before = place(Place.Settings)), Scene("settings-dark", named.copy(screen = Screen.Home), dark = true, before = place(Place.Settings)),
    Scene("settings-large-fr", named.copy(screen = Screen.Home), "fr", type = 2f, before = place(Place.Settings)),
    Scene("diagnostics-de", named.copy(screen = Screen.Home), "de", before = place(Place.Settings, Place.Diagnostics)), Scene("diagnostics-large-dark-fr", named.copy(screen = Screen.Home), "fr", dark = true, type = 2f, before = place(Place.Settings, Place.Diagnostics)),
    Scene("licences-de", named.copy(screen = Screen.Home), "de", before = place(Place.Settings, Place.Licences)), Scene("licences-large-dark-fr", named.copy(screen = Screen.Home), "fr", dark = true, type = 2f, before = place(Place.Settings, Place.Licences)),
    Scene("ended-left-de", ended(EndReason.Left, 47), "de"), Scene("ended-kicked", ended(EndReason.Kicked("Cleo", "Bitte leise sein"), 3)),
    Scene("ended-unreachable-large-de", failed(UserError.ServerUnreachable("meet.example.org")), "de", type = 2f),
    Scene("ended-next-de", failed(UserError.ServerUnreachable("meet.example.org")).copy(nextServer = "visio.example.net"), "de"), Scene("ended-next-large-fr", failed(UserError.ServerUnreachable("meet.example.org")).copy(nextServer = "visio.example.net"), "fr", type = 2f),
    Scene("ended-broke-off-dark-fr", failed(UserError.MediaFailed, 65), "fr", dark = true),
)
