package org.treffmeet.treff.settings

import org.treffmeet.treff.core.DataUse
import org.treffmeet.treff.core.Theme

/** What a person sets once. */
data class SettingsState(
    val name: String,
    val microphone: Boolean,
    val noiseSuppression: Boolean,
    val dataUse: DataUse,
    val selfView: Boolean,
    /** Quiet sounds in a call. */
    val sounds: Boolean,
    val theme: Theme,
    val keepHistory: Boolean,
    val hasHistory: Boolean,
)
