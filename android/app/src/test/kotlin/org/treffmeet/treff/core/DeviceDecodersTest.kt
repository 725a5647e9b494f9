package org.treffmeet.treff.core

import android.media.MediaCodecInfo
import android.media.MediaFormat
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.MediaCodecInfoBuilder

@RunWith(RobolectricTestRunner::class)
class DeviceDecodersTest {
    private fun codec(name: String, mime: String, hardware: Boolean = false, encoder: Boolean = false): MediaCodecInfo {
        val format = MediaFormat().apply { setString(MediaFormat.KEY_MIME, mime) }
        val capabilities = MediaCodecInfoBuilder.CodecCapabilitiesBuilder.newBuilder()
            .setMediaFormat(format).setIsEncoder(encoder)
            .setColorFormats(intArrayOf(MediaCodecInfo.CodecCapabilities.COLOR_FormatYUV420Flexible))
            .setProfileLevels(arrayOf(MediaCodecInfo.CodecProfileLevel()))
            .build()
        return MediaCodecInfoBuilder.newBuilder().setName(name).setIsEncoder(encoder).setIsHardwareAccelerated(hardware)
            .setCapabilities(capabilities).build()
    }

    @Test fun decodersOfMeetingsAreListedWithWhatTheyAre() {
        val phone = arrayOf(
            codec("c2.vendor.avc.decoder", "video/avc", hardware = true),
            codec("c2.vendor.avc.decoder.secure", "video/avc", hardware = true),
            codec("c2.vendor.avc.encoder", "video/avc", hardware = true, encoder = true),
            codec("c2.android.vp8.decoder", "video/x-vnd.on2.vp8"),
            codec("c2.android.mpeg4.decoder", "video/mp4v-es"),
        )
        val expected = listOf(
            Decoder(VideoCodec.H264, "c2.vendor.avc.decoder", true),
            Decoder(VideoCodec.VP8, "c2.android.vp8.decoder", false),
        )
        assertEquals(expected, DeviceDecoders.list(phone))
    }
}
