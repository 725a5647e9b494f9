package org.treffmeet.treff.call

/** Where sound can come from. */
enum class SoundRoute { SPEAKER, EARPIECE, WIRED, BLUETOOTH }

/** The ways sound can take on this phone now. */
interface SoundRoutes {
    val available: List<SoundRoute>
    val chosen: SoundRoute?

    fun choose(route: SoundRoute)
}
