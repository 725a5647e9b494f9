package org.treffmeet.treff.call

import org.treffmeet.treff.R
import org.treffmeet.treff.chat.ChatPresenter
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DeviceKind
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.core.Quality
import org.treffmeet.treff.core.Reaction
import org.treffmeet.treff.core.Screen
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

/**
 * The call. Outlives the screen, so that turning the phone changes nothing. In: the session's state and events, the
 * room on screen, taps. Out: [CallState], commands, and what a screen reader is told.
 */
class CallPresenter(private val session: Session, private val chat: ChatPresenter) {
    private var arranger = Arranger()
    private var constraints = Constraints()
    private var speaking = Speaking()
    private var banners = Banners()
    private var news = News()
    private val shapes = mutableMapOf<String, Float>()
    private var showers = listOf<Pair<Long, Shower>>()
    private var showersSoFar = 0
    private var area = Size(0f, 0f)
    private var typeScale = 1f
    private var density = 1f
    private var visible = false

    /** The camera was switched off because nobody looks at the app or another call holds this one, and comes back afterwards. */
    private var cameraRests = false
    private var small = false
    private var entered = false

    var pinned: Subject? = null
        private set
    var sheet: Sheet? = null
        private set

    init {
        session.listen(::follow)
        session.hear(::happened)
    }

    private val now get() = session.clock.ticks()
    private val snapshot: Snapshot get() = session.state.snapshot

    private fun follow() {
        if (snapshot.screen !is Screen.Call) {
            if (entered) forget()
            return
        }
        entered = true
        restCamera()
        banners.follow(now, snapshot)
        chat.follow(sheet == Sheet.CHAT)
    }

    /** The next meeting begins afresh. */
    private fun forget() {
        entered = false
        cameraRests = false
        // The next meeting begins with the camera that looks at the person.
        if (snapshot.devices.camera != null) session.dispatch(Command.SelectDevice(DeviceKind.CAMERA, null))
        arranger = Arranger()
        constraints = Constraints()
        speaking = Speaking()
        banners = Banners()
        news = News()
        shapes.clear()
        showers = emptyList()
        pinned = null
        sheet = null
        chat.forget()
    }

    private fun happened(event: Event) {
        if (snapshot.screen !is Screen.Call && !(session.state.inMeeting && ofDevice(event))) return
        when (event) {
            is Event.Levels ->
                if (speaking.hear(now, event.me, event.speakers, !snapshot.me.microphone)) banners.speaksMuted(now)
            is Event.FirstVideo -> shapes[event.source] = event.width.toFloat() / maxOf(event.height.toInt(), 1)
            is Event.Stats -> for (video in event.v1.video) {
                if (video.height > 0u) shapes[video.source] = video.width.toFloat() / video.height.toFloat()
            }
            is Event.ParticipantJoined -> news.joined(now, People.name(event.name))
            is Event.ParticipantLeft -> news.left(now, People.name(event.name))
            is Event.Chat -> if (event.from != snapshot.me.endpoint) {
                val text = if (event.private) R.string.writes_private else R.string.writes
                news.say(now, words(text, People.name(event.name), event.text))
            }
            is Event.KnockArrived -> news.say(now, words(R.string.knocks, People.name(event.name)))
            is Event.Reconnecting -> news.say(now, words(R.string.reconnecting))
            is Event.Reconnected -> news.say(now, words(R.string.reconnected))
            is Event.Recording -> if (event.on) news.say(now, words(R.string.recording_began))
            is Event.MutedByModerator -> when (event.media) {
                "audio" -> banners.mutedByModerator(now)
                "desktop" -> banners.say(now, words(R.string.screen_by_moderator))
                else -> banners.say(now, words(R.string.camera_by_moderator))
            }
            is Event.Warning -> banners.notice(now, event.notice)
            is Event.Reaction -> react(event.from, event.reaction)
            else -> Unit
        }
    }

    /** States come less often than events: a device can fail before the state says that the call has begun. */
    private fun ofDevice(event: Event): Boolean {
        val notice = (event as? Event.Warning)?.notice
        return notice is Notice.MicrophoneFailed || notice is Notice.SpeakerFailed || notice is Notice.CameraFailed
    }

    private fun react(from: String, reaction: Reaction) {
        val name = if (from == snapshot.me.endpoint) words(R.string.me) else People.name(snapshot.participants.find { it.endpoint == from }?.name)
        showersSoFar += 1
        // Spread over the width, but the same for the same count: no randomness is needed for that.
        val place = (showersSoFar * 37 % 100) / 100f
        showers = showers + (now to Shower(showersSoFar, reaction, name, place))
        Reactions.word(reaction)?.let { news.say(now, words(R.string.reacts, name, it)) }
    }

    /** The room for pictures in dp, how much larger the type is than usual, and pixels per dp. */
    fun room(area: Size, typeScale: Float, density: Float) {
        this.area = area
        this.typeScale = typeScale
        this.density = density
    }

    /** Whether anybody can see the pictures. */
    fun visible(visible: Boolean) {
        this.visible = visible
        restCamera()
        if (!visible && snapshot.screen is Screen.Call) constraints.update(now, null)?.let { session.dispatch(Command.SetLayout(it)) }
    }

    /** In the background and while another call holds this one nobody is filmed. */
    private fun restCamera() {
        val watched = visible && !session.state.held
        if (snapshot.screen !is Screen.Call || watched != cameraRests || (!watched && !snapshot.me.camera)) return
        cameraRests = !watched
        session.dispatch(Command.SetCamera(watched))
    }

    /** In a small window over other apps there is room for pictures only. */
    fun small(small: Boolean) {
        this.small = small
        session.poke()
    }

    /** What a screen reader is to be told now. */
    fun news(): Words? = news.next(now)

    /** The screen as it is now; asks the core for the pictures on it. */
    fun state(): CallState {
        val state = snapshot
        showers = showers.filter { now - it.first < SHOWER_MS }
        val scene = Scene(seen(), state.settings.selfView && !small, state.dominantSpeaker, state.recentSpeakers, pinned, area, typeScale)
        val arrangement = arranger.arrange(scene)
        val tiles = Tiles(state, shapes, pinned, ::speaks)
        val shown = arrangement.tiles.map(tiles::tile)
        if (visible && area.width > 0) {
            val wanted = shown.mapNotNull { tiles.wanted(it, density) }
            constraints.update(now, wanted)?.let { session.dispatch(Command.SetLayout(it)) }
        }
        return CallState(
            meeting = session.state.meeting,
            link = state.link,
            time = time(),
            recording = state.recording,
            quality = quality(state.quality),
            veryPoor = state.quality == Quality.POOR,
            tiles = shown,
            more = arrangement.more?.let { arrangement.hidden to it },
            alone = state.participants.isEmpty(),
            small = small,
            banner = if (small) null else banners.shown(now, state, session.state.held),
            microphone = state.me.microphone,
            microphoneTrouble = session.state.microphoneRefused || state.devices.microphoneProblem != null,
            camera = state.me.camera,
            hasCamera = state.devices.cameras.isNotEmpty(),
            cameraTrouble = session.state.cameraRefused || state.devices.cameraProblem != null,
            otherCamera = state.me.camera && state.devices.cameras.size > 1,
            mayShare = state.devices.canShare,
            shares = state.me.screen != null,
            hand = state.me.handRaised,
            unread = chat.unread(),
            people = state.participants.size + 1,
            waiting = state.door.knocking.size,
            sheet = if (small) null else sheet,
            selfView = state.settings.selfView,
            reactions = showers.map { it.second },
            mayProtect = state.door.maySetPassword || state.door.maySetLobby,
        )
    }

    /** Who may have a tile: in a small window whoever shares or speaks, alone. */
    private fun seen(): List<Seen> {
        val all = snapshot.participants.map { Seen(it.endpoint, it.tracks.screen != null) }
        if (!small) return all
        val spoke = listOfNotNull(snapshot.dominantSpeaker) + snapshot.recentSpeakers
        val one = all.lastOrNull { it.sharesScreen } ?: spoke.firstNotNullOfOrNull { id -> all.find { it.endpoint == id } } ?: all.firstOrNull()
        return listOfNotNull(one)
    }

    fun speaks(subject: Subject): Boolean = when (subject) {
        is Subject.Me -> speaking.iSpeak(now)
        is Subject.Person -> speaking.speaks(now, subject.endpoint)
        is Subject.Shared -> false
    }

    private fun time(): Words {
        val since = snapshot.joinedAt?.toLong() ?: session.clock.wall()
        val minutes = ((session.clock.wall() - since).coerceAtLeast(0) / MINUTE).toInt()
        return if (minutes < HOUR) words(R.string.minutes_short, minutes) else words(R.string.hours_short, minutes / HOUR, minutes % HOUR)
    }

    private fun quality(quality: Quality): Words? = when (quality) {
        Quality.FAIR -> words(R.string.weak)
        Quality.POOR -> words(R.string.very_weak)
        Quality.GOOD, Quality.UNKNOWN -> null
    }

    fun setMicrophone(on: Boolean) = session.dispatch(Command.SetMicrophone(on))

    /** The system was asked for the microphone in mid-call. */
    fun microphoneAnswered(granted: Boolean) {
        session.update { it.copy(microphoneRefused = !granted) }
        if (granted) setMicrophone(true)
    }

    fun setCamera(on: Boolean) {
        if (session.state.held) cameraRests = on else session.dispatch(Command.SetCamera(on))
    }

    /** The system was asked for the camera in mid-call. */
    fun cameraAnswered(granted: Boolean) {
        session.update { it.copy(cameraRefused = !granted) }
        if (granted) setCamera(true)
    }

    fun switchCamera() = session.nextCamera()

    /** Shares the screen, which the system asks the person about first; or no longer. */
    fun share(on: Boolean) = session.dispatch(if (on) Command.StartShare else Command.StopShare)

    fun setHand(raised: Boolean) = session.dispatch(Command.RaiseHand(raised))

    fun react(reaction: Reaction) = session.dispatch(Command.SendReaction(reaction))

    fun setSelfView(shown: Boolean) = session.settings { it.copy(selfView = shown) }

    fun admit(id: String) = session.dispatch(Command.Admit(id))

    fun refuse(id: String) = session.dispatch(Command.Refuse(id))

    fun closeBanner() {
        banners.close()
        session.poke()
    }

    /** Keeps a tile large, or no longer. */
    fun pin(subject: Subject) {
        pinned = if (pinned == subject) null else subject
        session.poke()
    }

    fun open(wanted: Sheet?) {
        sheet = wanted
        chat.follow(wanted == Sheet.CHAT)
        session.poke()
    }

    fun toggle(wanted: Sheet) = open(if (sheet == wanted) null else wanted)

    fun leave() = session.dispatch(Command.Leave)

    private companion object {
        const val MINUTE = 60_000L
        const val HOUR = 60
        const val SHOWER_MS = 4_000L
    }
}
