package org.treffmeet.treff.links

import android.content.Intent

/** What another app hands over: a tapped link, a shared text, a selected one. The core finds the meeting in it. */
object Links {
    /** No link that a person would send is longer. */
    private const val LONGEST = 8_192

    fun from(intent: Intent): String? {
        // Coming back from the recent apps is no new tap.
        if (intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0) return null
        val text = when (intent.action) {
            Intent.ACTION_VIEW -> intent.dataString
            Intent.ACTION_SEND -> intent.getStringExtra(Intent.EXTRA_TEXT)
            Intent.ACTION_PROCESS_TEXT -> intent.getCharSequenceExtra(Intent.EXTRA_PROCESS_TEXT)?.toString()
            else -> null
        }
        return text?.trim()?.take(LONGEST)?.takeIf { it.isNotEmpty() }
    }
}
