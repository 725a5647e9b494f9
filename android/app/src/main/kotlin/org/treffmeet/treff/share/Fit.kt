package org.treffmeet.treff.share

import kotlin.math.min
import org.treffmeet.treff.camera.Extent

/** How large a screen is shared. */
object Fit {
    /** What encoders and decoders of phones can do. */
    private const val LONG = 1920
    private const val SHORT = 1080

    /** Encoders take whole blocks only: so nothing is scaled or cut off on the way, and letters stay sharp. */
    private const val STEP = 16

    /** The size in which to capture a screen: as it is, or smaller in the same shape, with a narrow black edge if need be. */
    fun size(screen: Extent): Extent {
        val long = maxOf(screen.width, screen.height, 1)
        val short = minOf(screen.width, screen.height).coerceAtLeast(1)
        val scale = min(1.0, min(LONG.toDouble() / long, SHORT.toDouble() / short))
        fun side(full: Int) = ((full * scale / STEP).toInt() * STEP).coerceAtLeast(STEP)
        return Extent(side(screen.width), side(screen.height))
    }
}
