package org.treffmeet.treff.chat

import org.treffmeet.treff.ui.Words

/** What was written. */
data class ChatState(
    val rows: List<ChatRow>,
    /** Whom the next message is for; everyone if absent. */
    val to: Words?,
)

data class ChatRow(
    val id: String,
    val who: Words,
    val time: Words,
    val text: String,
    val mine: Boolean,
    val private: Boolean,
    /** Whom to answer in private, if they are still here. */
    val answer: String?,
)
