package org.treffmeet.treff.ui

import org.treffmeet.treff.R
import org.treffmeet.treff.core.Tone

/** The icon beside a finding, and its colour. */
val Tone.mark: Pair<Int, Int>
    get() = when (this) {
        Tone.GOOD -> R.drawable.ic_check to R.color.good
        Tone.PLAIN -> R.drawable.ic_info to R.color.text_quiet
        Tone.NOTICE -> R.drawable.ic_eye to R.color.warning
    }
