package org.treffmeet.treff.invite

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Event
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.core.QrCode
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

/** Ways for others to get in: the link to send, copy or scan, and telephone numbers. */
data class InviteState(
    val meeting: String,
    val link: String,
    val code: QrCode?,
    /** What the tap that asks for numbers is called, as long as there are none. */
    val ask: Words?,
    val asking: Boolean,
    /** Why there are none. */
    val problem: Words?,
    val pin: Words?,
    val numbers: List<Pair<String, String>>,
)

class InvitePresenter(private val session: Session, private val code: (String) -> QrCode?) {
    /** The link whose numbers were asked for, until the server answers, and the one that has none. */
    private var asked: String? = null
    private var without: String? = null
    private var drawn: Pair<String, QrCode?>? = null

    init {
        session.hear { event ->
            if (event is Event.Warning && event.notice is Notice.NoDialIn) {
                without = asked
                session.poke()
            }
        }
    }

    fun state(): InviteState {
        val snapshot = session.state.snapshot
        val dialIn = snapshot.dialIn
        val known = dialIn != null || without == snapshot.link
        val asking = !known && asked == snapshot.link
        return InviteState(
            meeting = session.state.meeting,
            link = snapshot.link,
            code = drawn(snapshot.link),
            ask = if (known) null else words(if (asking) R.string.asking_server else R.string.join_phone),
            asking = asking,
            problem = words(R.string.no_phone).takeIf { without == snapshot.link && dialIn == null },
            pin = dialIn?.let { words(R.string.phone_pin, it.pin) },
            numbers = dialIn?.numbers.orEmpty().map { it.number to it.country },
        )
    }

    /** Made once a link. */
    private fun drawn(link: String): QrCode? = (drawn?.takeIf { it.first == link } ?: (link to code(link)).also { drawn = it }).second

    fun entry() = CalendarEntry.of(session)

    /** Asks the server for the meeting's telephone numbers. */
    fun ask() {
        asked = session.state.snapshot.link
        session.dispatch(Command.AskDialIn)
        session.poke()
    }
}
