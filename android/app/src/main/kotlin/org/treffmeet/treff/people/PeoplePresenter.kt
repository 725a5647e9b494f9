package org.treffmeet.treff.people

import kotlin.math.roundToInt
import org.treffmeet.treff.R
import org.treffmeet.treff.call.CallPresenter
import org.treffmeet.treff.call.Sheet
import org.treffmeet.treff.call.Subject
import org.treffmeet.treff.chat.ChatPresenter
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Participant
import org.treffmeet.treff.core.SelfView
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

/** Who is here: raised hands first, by when they went up, then ourselves, then the others as they came. */
class PeoplePresenter(private val session: Session, private val call: CallPresenter, private val chat: ChatPresenter) {
    fun state(): PeopleState {
        val snapshot = session.state.snapshot
        val (raised, others) = snapshot.participants.partition { it.handRaised != null }
        val rows = raised.sortedBy { it.handRaised }.map(::row) + row(snapshot.me) + others.map(::row)
        return PeopleState(snapshot.door.knocking.map { KnockerRow(it.id, People.name(it.name)) }, rows)
    }

    private fun row(person: Participant): PersonRow = PersonRow(
        person.endpoint, People.name(person), People.initials(person.name), People.colour(person.endpoint), me = false,
        role = words(R.string.moderator).takeIf { person.moderator },
        muted = !person.tracks.microphone, camera = person.tracks.camera != null, hand = person.handRaised != null,
        pinned = call.pinned == Subject.Person(person.endpoint), volume = (person.volume * PERCENT).roundToInt(),
        spoken = spoken(People.name(person), person.moderator, person.tracks.microphone, person.tracks.camera != null, person.handRaised != null),
    )

    private fun row(me: SelfView): PersonRow = PersonRow(
        me.endpoint, People.name(me.name), People.initials(me.name), People.colour(me.endpoint), me = true,
        role = words(if (me.moderator) R.string.moderator_you else R.string.you),
        muted = !me.microphone, camera = me.camera, hand = me.handRaised, pinned = false, volume = PERCENT,
        spoken = listOf(words(R.string.you)) + spoken(People.name(me.name), me.moderator, me.microphone, me.camera, me.handRaised),
    )

    private fun spoken(name: Words, moderator: Boolean, microphone: Boolean, camera: Boolean, hand: Boolean) = listOfNotNull(
        name,
        words(R.string.moderator).takeIf { moderator },
        words(R.string.word_hand).takeIf { hand },
        words(if (microphone) R.string.word_mic_on else R.string.word_mic_off),
        words(if (camera) R.string.word_camera_on else R.string.word_camera_off),
    )

    fun admit(id: String) = call.admit(id)

    fun refuse(id: String) = call.refuse(id)

    fun pin(endpoint: String) = call.pin(Subject.Person(endpoint))

    fun setVolume(endpoint: String, percent: Int) = session.dispatch(Command.SetVolume(endpoint, percent / PERCENT.toFloat()))

    /** Writes to somebody in private. */
    fun write(endpoint: String) {
        chat.to(endpoint)
        call.open(Sheet.CHAT)
    }

    private companion object {
        const val PERCENT = 100
    }
}
