package org.treffmeet.treff.core

import android.media.MediaCodecInfo
import android.media.MediaCodecInfo.CodecCapabilities.COLOR_FormatSurface
import android.media.MediaCodecInfo.CodecCapabilities.COLOR_FormatYUV420Flexible
import android.media.MediaFormat
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.MediaCodecInfoBuilder

@RunWith(RobolectricTestRunner::class)
class DeviceCodecsTest {
    private fun codec(name: String, mime: String, hardware: Boolean = false, encoder: Boolean = false, takes: Int = COLOR_FormatYUV420Flexible): MediaCodecInfo {
        val format = MediaFormat().apply { setString(MediaFormat.KEY_MIME, mime) }
        val capabilities = MediaCodecInfoBuilder.CodecCapabilitiesBuilder.newBuilder()
            .setMediaFormat(format).setIsEncoder(encoder)
            .setColorFormats(intArrayOf(takes))
            .setProfileLevels(arrayOf(MediaCodecInfo.CodecProfileLevel()))
            .build()
        return MediaCodecInfoBuilder.newBuilder().setName(name).setIsEncoder(encoder).setIsHardwareAccelerated(hardware)
            .setCapabilities(capabilities).build()
    }

    private val phone = DeviceCodecs(
        arrayOf(
            codec("c2.vendor.avc.decoder", "video/avc", hardware = true),
            codec("c2.vendor.avc.decoder.secure", "video/avc", hardware = true),
            codec("c2.vendor.avc.encoder", "video/avc", hardware = true, encoder = true),
            codec("c2.android.vp8.decoder", "video/x-vnd.on2.vp8"),
            codec("c2.vendor.vp8.encoder", "video/x-vnd.on2.vp8", hardware = true, encoder = true, takes = COLOR_FormatSurface),
            codec("c2.android.vp8.encoder", "video/x-vnd.on2.vp8", encoder = true, takes = COLOR_FormatSurface),
            codec("c2.android.mpeg4.decoder", "video/mp4v-es"),
        ),
    )

    @Test fun decodersOfMeetingsAreListedWithWhatTheyAre() {
        val expected = listOf(
            DeviceCodec(VideoCodec.H264, "c2.vendor.avc.decoder", true),
            DeviceCodec(VideoCodec.VP8, "c2.android.vp8.decoder", false),
        )
        assertEquals(expected, phone.decoders)
    }

    @Test fun encodersAreListedThatTakePicturesFromASurface() {
        val expected = listOf(
            DeviceCodec(VideoCodec.VP8, "c2.vendor.vp8.encoder", true),
            DeviceCodec(VideoCodec.VP8, "c2.android.vp8.encoder", false),
        )
        assertEquals(expected, phone.encoders)
    }
}
