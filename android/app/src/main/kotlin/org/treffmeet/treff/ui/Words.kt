package org.treffmeet.treff.ui

import android.content.Context
import android.text.format.DateFormat
import java.text.SimpleDateFormat
import java.util.Date
import java.util.Locale

/**
 * A text that is not in any language yet. Presenters make them, so that they know neither Android nor the person's
 * language; views read them out with [read].
 */
sealed interface Words {
    /** As it is: the name of a person, a room or a server is never translated. */
    data class Said(val text: String) : Words

    /** A resource with what goes into it. */
    data class Text(val id: Int, val args: List<Words> = emptyList()) : Words

    /** A resource that depends on a number, which is its first argument. */
    data class Count(val id: Int, val count: Int, val args: List<Words> = emptyList()) : Words

    /** A day such as "12 November", with the year if it is another one. In milliseconds since 1970. */
    data class Day(val at: Long, val year: Boolean) : Words

    /** A day of the week. */
    data class Weekday(val at: Long) : Words

    /** A time of the day. */
    data class Time(val at: Long) : Words

    /** A country by its ISO 3166-1 code. */
    data class Country(val code: String) : Words
}

fun said(text: String): Words = Words.Said(text)

/** A resource; texts among [args] are taken as they are. */
fun words(id: Int, vararg args: Any): Words = Words.Text(id, args.map(::argument))

/** A resource that depends on [count]. */
fun counted(id: Int, count: Int, vararg args: Any): Words = Words.Count(id, count, args.map(::argument))

private fun argument(value: Any): Words = value as? Words ?: Words.Said(value.toString())

fun Words.read(context: Context): String {
    val locale = context.resources.configuration.locales[0]
    return when (this) {
        is Words.Said -> text
        is Words.Text -> context.resources.getString(id, *args.map { it.read(context) }.toTypedArray())
        is Words.Count ->
            context.resources.getQuantityString(id, count, count, *args.map { it.read(context) }.toTypedArray())
        is Words.Day -> date(locale, if (year) "dMMMMyyyy" else "dMMMM", at)
        is Words.Weekday -> date(locale, "EEEE", at)
        is Words.Time -> DateFormat.getTimeFormat(context).format(Date(at))
        is Words.Country -> Locale.Builder().setRegion(code).build().getDisplayCountry(locale)
    }
}

private fun date(locale: Locale, skeleton: String, at: Long) =
    SimpleDateFormat(DateFormat.getBestDateTimePattern(locale, skeleton), locale).format(Date(at))
