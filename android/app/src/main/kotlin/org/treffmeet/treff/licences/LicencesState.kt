package org.treffmeet.treff.licences

/** What the app is made of, the licence of most parts first. */
data class LicencesState(val rows: List<LicenceRow>)

data class LicenceRow(val licence: String, val count: Int, val parts: String)
