package org.treffmeet.treff.core

import com.sun.jna.Library
import com.sun.jna.Native

/** The phone that the Android library finds on this machine (tools/run-on-glibc/phone.c). */
object MadeUpPhone {
    private interface Plug : Library {
        @Suppress("FunctionName") // As in C.
        fun plug_sound(on: Int)
    }

    private val plug = Native.load("aaudio", Plug::class.java)

    /** A decoder that breaks down at its first frame, in hardware, and one that works. */
    val DECODERS = listOf(DeviceCodec(VideoCodec.VP8, "made-up.dying", hardware = true), DeviceCodec(VideoCodec.VP8, "made-up.steady", hardware = false))

    /** With a microphone that somebody speaks into and a loudspeaker, as long as [during] lasts. */
    fun withSound(during: () -> Unit) {
        plug.plug_sound(1)
        try {
            during()
        } finally {
            plug.plug_sound(0)
        }
    }
}
