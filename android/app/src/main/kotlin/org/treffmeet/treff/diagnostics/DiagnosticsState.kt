package org.treffmeet.treff.diagnostics

/** A text for whoever looks into a problem. */
data class DiagnosticsState(
    val text: String,
    /** It is in the clipboard. */
    val copied: Boolean,
)
