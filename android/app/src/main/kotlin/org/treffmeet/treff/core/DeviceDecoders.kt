package org.treffmeet.treff.core

import android.media.MediaCodecInfo
import android.media.MediaCodecList
import android.os.Build
import org.treffmeet.treff.NewerPlatform

/** What this phone can decode, for [Config.decoders]. The core chooses among them and avoids those that fail. */
object DeviceDecoders {
    private val MIME_TYPES = mapOf(
        "video/x-vnd.on2.vp8" to VideoCodec.VP8,
        "video/x-vnd.on2.vp9" to VideoCodec.VP9,
        "video/avc" to VideoCodec.H264,
        "video/av01" to VideoCodec.AV1,
    )

    /** How Android's own software decoders are called, before and after Codec 2. */
    private val SOFTWARE = listOf("OMX.google.", "c2.android.", "c2.google.")

    fun list(codecs: Array<MediaCodecInfo> = MediaCodecList(MediaCodecList.REGULAR_CODECS).codecInfos): List<Decoder> =
        codecs.filterNot { it.isEncoder || it.name.endsWith(".secure") }.flatMap { info ->
            info.supportedTypes.mapNotNull { MIME_TYPES[it.lowercase()] }.map { Decoder(it, info.name, isHardware(info)) }
        }

    private fun isHardware(info: MediaCodecInfo) =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.Q) saysHardware(info) else SOFTWARE.none { info.name.startsWith(it) }

    @NewerPlatform
    private fun saysHardware(info: MediaCodecInfo) = info.isHardwareAccelerated
}
