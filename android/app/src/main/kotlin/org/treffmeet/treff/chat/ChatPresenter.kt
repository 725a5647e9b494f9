package org.treffmeet.treff.chat

import org.treffmeet.treff.R
import org.treffmeet.treff.core.ChatLine
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

/** The chat: lines, whom the next one is for, and what has been read. */
class ChatPresenter(private val session: Session) {
    private var to: String? = null
    private var read: String? = null

    private val snapshot get() = session.state.snapshot

    fun state(): ChatState = ChatState(snapshot.chat.map(::row), to?.let(::nameOf))

    private fun row(line: ChatLine): ChatRow {
        val mine = line.from != null && line.from == snapshot.me.endpoint
        val to = line.to
        val who = when {
            mine && to != null -> words(R.string.you_private, nameOf(to))
            mine -> words(R.string.you)
            line.private -> words(R.string.private_to_you, People.name(line.name))
            else -> People.name(line.name)
        }
        val answer = line.from?.takeIf { from -> !mine && snapshot.participants.any { it.endpoint == from } }
        return ChatRow(line.id, who, Words.Time(line.at.toLong()), line.text, mine, line.private, answer)
    }

    private fun nameOf(endpoint: String): Words =
        People.name(snapshot.participants.find { it.endpoint == endpoint }?.name ?: snapshot.chat.lastOrNull { it.from == endpoint }?.name)

    /** While the chat is open, everything in it counts as read. */
    fun follow(open: Boolean) {
        if (open) read = snapshot.chat.lastOrNull()?.id
        // Whoever left cannot be written to.
        if (to != null && snapshot.participants.none { it.endpoint == to }) to = null
    }

    fun unread(): Int {
        val last = snapshot.chat.indexOfLast { it.id == read }
        return snapshot.chat.drop(last + 1).count { it.from != snapshot.me.endpoint }
    }

    /** The next message is for somebody alone, or for everyone again. */
    fun to(endpoint: String?) {
        to = endpoint
        session.poke()
    }

    /** Sends; whether there was anything to send. */
    fun send(text: String): Boolean {
        val said = text.trim()
        if (said.isEmpty()) return false
        session.dispatch(Command.SendChat(said, to))
        return true
    }

    fun forget() {
        to = null
        read = null
    }
}
