package org.treffmeet.treff.ui

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Participant

/** How people are called and told apart. */
object People {
    private const val COLOURS = 10

    /** What somebody is called; those without a name are guests. */
    fun name(participant: Participant): Words = name(participant.name)

    fun name(given: String?): Words = given?.trim()?.takeIf { it.isNotEmpty() }?.let(::said) ?: words(R.string.guest)

    /** Up to two letters for somebody without a picture. */
    fun initials(name: String?): String {
        val letters = name.orEmpty().split(Regex("\\s+")).mapNotNull { word -> word.codePoints().filter(Character::isLetterOrDigit).findFirst().let { if (it.isPresent) it.asInt else null } }
        val chosen = if (letters.size > 1) listOf(letters.first(), letters.last()) else letters
        return chosen.joinToString("") { String(Character.toChars(Character.toUpperCase(it))) }.ifEmpty { "?" }
    }

    /** A number below ten that stays the same for the same person. */
    fun colour(endpoint: String): Int = Math.floorMod(endpoint.hashCode(), COLOURS)
}
