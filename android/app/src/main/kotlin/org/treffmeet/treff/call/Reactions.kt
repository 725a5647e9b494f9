package org.treffmeet.treff.call

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Reaction
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.words

/** Reactions as faces and in words. */
object Reactions {
    val OFFERED = listOf(Reaction.LIKE, Reaction.CLAP, Reaction.LOVE, Reaction.LAUGH, Reaction.SURPRISED, Reaction.BOO)

    fun face(reaction: Reaction): String = when (reaction) {
        Reaction.LIKE -> "👍"
        Reaction.CLAP -> "👏"
        Reaction.LOVE -> "❤️"
        Reaction.LAUGH -> "😂"
        Reaction.SURPRISED -> "😮"
        Reaction.BOO -> "🙁"
        Reaction.SILENCE -> "😶"
    }

    fun word(reaction: Reaction): Words? = when (reaction) {
        Reaction.LIKE -> words(R.string.like)
        Reaction.CLAP -> words(R.string.clap)
        Reaction.LOVE -> words(R.string.love)
        Reaction.LAUGH -> words(R.string.laugh)
        Reaction.SURPRISED -> words(R.string.surprised)
        Reaction.BOO -> words(R.string.boo)
        Reaction.SILENCE -> null
    }
}
