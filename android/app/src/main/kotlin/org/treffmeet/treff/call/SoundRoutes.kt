package org.treffmeet.treff.call

/** Where sound can come from. */
enum class SoundRoute { SPEAKER, EARPIECE, WIRED, BLUETOOTH }

/** The way for sound: what the person chose as long as it is there, then what is plugged in, then the loudspeaker, for a meeting is not held at the ear. */
fun preferred(available: List<SoundRoute>, wish: SoundRoute?): SoundRoute? = wish?.takeIf { it in available } ?: PREFERRED.firstOrNull { it in available }

private val PREFERRED = listOf(SoundRoute.BLUETOOTH, SoundRoute.WIRED, SoundRoute.SPEAKER, SoundRoute.EARPIECE)

/** The ways sound can take on this phone now. */
interface SoundRoutes {
    val available: List<SoundRoute>
    val chosen: SoundRoute?

    fun choose(route: SoundRoute)
}
