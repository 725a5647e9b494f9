package org.treffmeet.treff.core

import android.view.Surface

/**
 * Hands a Surface per tile to the core, which decodes onto it, and gives those of its encoders to draw camera and screen on:
 * encoded pictures never pass through here. Tell which sources are visible with [Command.SetLayout]; the two may come in
 * any order.
 */
object Surfaces {
    init {
        System.loadLibrary("treff_ffi")
    }

    /** Shows [source] on [surface]; the token is for [detach]. */
    @JvmStatic
    external fun attach(source: String, surface: Surface): Long

    /** For `surfaceDestroyed`: when this returns nothing draws on the Surface any more. */
    @JvmStatic
    external fun detach(source: String, token: Long)

    /**
     * The camera or screen behind [handle] (see [Cameras.open], [Screens.ask]) took a picture at [nanoseconds] of its own clock,
     * upright of this size. Bit n: draw it for encoding n. Bit 8 + n: encoding n has another Surface than before, or none.
     */
    @JvmStatic
    external fun due(handle: Long, nanoseconds: Long, width: Int, height: Int): Int

    /** Where pictures for that encoding are drawn from now on; nowhere while it has no encoder. */
    @JvmStatic
    external fun encoder(handle: Long, encoding: Int): Surface?
}
