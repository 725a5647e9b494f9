package org.treffmeet.treff.core

import android.view.Surface

/**
 * Hands a Surface per tile to the core, which decodes onto it: pictures never pass through here. Tell which sources are
 * visible with [Command.SetLayout]; the two may come in any order.
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
}
