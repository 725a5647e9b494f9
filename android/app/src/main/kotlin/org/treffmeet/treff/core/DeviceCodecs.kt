package org.treffmeet.treff.core

import android.media.MediaCodecInfo
import android.media.MediaCodecList
import android.os.Build
import org.treffmeet.treff.NewerPlatform

/** What this phone can decode and encode, for [Config]. The core chooses among them and avoids those that fail. */
class DeviceCodecs(private val all: Array<MediaCodecInfo> = MediaCodecList(MediaCodecList.REGULAR_CODECS).codecInfos) {
    val decoders: List<DeviceCodec> get() = list { info, _ -> !info.isEncoder && !info.name.endsWith(".secure") }

    /** Those that take their pictures from a Surface. */
    val encoders: List<DeviceCodec>
        get() = list { info, type -> info.isEncoder && MediaCodecInfo.CodecCapabilities.COLOR_FormatSurface in info.getCapabilitiesForType(type).colorFormats }

    private fun list(wanted: (MediaCodecInfo, String) -> Boolean) = all.flatMap { info ->
        info.supportedTypes.filter { it.lowercase() in MIME_TYPES && wanted(info, it) }
            .map { DeviceCodec(MIME_TYPES.getValue(it.lowercase()), info.name, isHardware(info)) }
    }

    private fun isHardware(info: MediaCodecInfo) =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) saysHardware(info) else SOFTWARE.none { info.name.startsWith(it) }

    @NewerPlatform
    private fun saysHardware(info: MediaCodecInfo) = info.isHardwareAccelerated

    private companion object {
        val MIME_TYPES = mapOf(
            "video/x-vnd.on2.vp8" to VideoCodec.VP8,
            "video/x-vnd.on2.vp9" to VideoCodec.VP9,
            "video/avc" to VideoCodec.H264,
            "video/av01" to VideoCodec.AV1,
        )

        /** How Android's own software codecs are called, before and after Codec 2. */
        val SOFTWARE = listOf("OMX.google.", "c2.android.", "c2.google.")
    }
}
