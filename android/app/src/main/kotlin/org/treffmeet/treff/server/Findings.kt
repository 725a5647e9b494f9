package org.treffmeet.treff.server

import java.time.LocalDate
import java.time.ZoneId
import org.treffmeet.treff.R
import org.treffmeet.treff.core.ComparisonTopic
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.ForeignPurpose
import org.treffmeet.treff.core.ServerFeature
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

/** What was found about a server, in words: a fact with an explanation, never a grade. */
object Findings {
    fun row(finding: Finding, tone: Tone): FindingRow {
        val (title, detail) = when (finding) {
            is Finding.Answers -> words(R.string.f_answers) to words(R.string.f_ms, finding.milliseconds)
            is Finding.Release -> words(R.string.f_release, finding.version) to finding.date?.let { words(R.string.f_of, day(it)) }
            is Finding.Location -> {
                val country = Words.Country(finding.country)
                val stated = finding.stated?.let { words(R.string.f_says_day, day(it)) } ?: words(R.string.f_says)
                (if (finding.inEu) words(R.string.f_in_eu, country) else country) to stated
            }
            is Finding.OpensRooms ->
                if (finding.anyone) words(R.string.f_opens) to words(R.string.f_opens_why)
                else words(R.string.f_account) to words(R.string.f_account_why)
            is Finding.Feature ->
                words(feature(finding.feature, finding.offered)) to words(if (finding.offered) R.string.f_on else R.string.f_not)
            is Finding.BrowserLoads -> {
                val front = finding.purpose == ForeignPurpose.WEB_FRONT
                words(purpose(finding.purpose)) to words(if (front) R.string.f_front_why else R.string.f_browser_why, finding.host)
            }
            is Finding.NothingForeign -> words(R.string.f_nothing) to words(R.string.f_nothing_why)
        }
        return FindingRow(tone, title, detail)
    }

    /** In a table, where the topic stands beside it: without an explanation. */
    fun short(finding: Finding): Words = when (finding) {
        is Finding.Answers -> words(R.string.f_ms, finding.milliseconds)
        is Finding.Release -> finding.date?.let { words(R.string.dot, finding.version, day(it)) } ?: said(finding.version)
        is Finding.Feature -> words(if (finding.offered) R.string.f_on else R.string.f_not)
        is Finding.BrowserLoads -> words(R.string.dot, words(purpose(finding.purpose)), finding.host)
        is Finding.Location, is Finding.OpensRooms, is Finding.NothingForeign -> row(finding, Tone.PLAIN).title
    }

    fun topic(topic: ComparisonTopic): Words = words(
        when (topic) {
            is ComparisonTopic.Answers -> R.string.c_answers
            is ComparisonTopic.Release -> R.string.c_release
            is ComparisonTopic.Location -> R.string.c_location
            is ComparisonTopic.OpensRooms -> R.string.c_opens
            is ComparisonTopic.Feature -> feature(topic.feature, offered = true)
            is ComparisonTopic.BrowserLoads -> R.string.c_loads
        },
    )

    /** A day as the core writes it, or as it is if only the month is known. */
    private fun day(iso: String): Words {
        val date = runCatching { LocalDate.parse(iso) }.getOrNull() ?: return said(iso)
        return Words.Day(date.atTime(NOON, 0).atZone(ZoneId.systemDefault()).toInstant().toEpochMilli(), year = true)
    }

    private fun feature(feature: ServerFeature, offered: Boolean): Int = when (feature) {
        ServerFeature.END_TO_END_ENCRYPTION -> if (offered) R.string.f_e2ee else R.string.f_no_e2ee
        ServerFeature.LOBBY -> if (offered) R.string.f_lobby else R.string.f_no_lobby
        ServerFeature.DIAL_IN -> if (offered) R.string.f_dial else R.string.f_no_dial
        ServerFeature.RECORDING -> if (offered) R.string.f_rec else R.string.f_no_rec
        ServerFeature.LIVE_STREAMING -> if (offered) R.string.f_live else R.string.f_no_live
    }

    private fun purpose(purpose: ForeignPurpose): Int = when (purpose) {
        ForeignPurpose.ANALYTICS -> R.string.f_analytics
        ForeignPurpose.CALL_STATISTICS -> R.string.f_stats
        ForeignPurpose.STUN -> R.string.f_stun
        ForeignPurpose.AVATARS -> R.string.f_avatars
        ForeignPurpose.GIPHY -> R.string.f_giphy
        ForeignPurpose.DROPBOX -> R.string.f_dropbox
        ForeignPurpose.CALENDAR -> R.string.f_calendar
        ForeignPurpose.WEB_FRONT -> R.string.f_front
        ForeignPurpose.OTHER -> R.string.f_other
    }

    private const val NOON = 12
}
