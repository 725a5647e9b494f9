package org.treffmeet.treff

import android.app.Activity
import android.app.PictureInPictureParams
import android.app.RemoteAction
import android.content.pm.PackageManager
import android.graphics.drawable.Icon
import android.os.Build
import android.util.Rational
import org.treffmeet.treff.running.CallService

/** The call in a small window over other apps, with the microphone and leaving at hand. */
class SmallWindow(private val activity: Activity) {
    private val offered = activity.packageManager.hasSystemFeature(PackageManager.FEATURE_PICTURE_IN_PICTURE)
    private var told: Pair<Boolean, Boolean>? = null

    /** Tells the system what is so now; from API 31 on it goes small by itself. */
    fun follow(inCall: Boolean, microphone: Boolean) {
        if (!offered || told == inCall to microphone) return
        told = inCall to microphone
        activity.setPictureInPictureParams(params(inCall, microphone))
    }

    /** The person goes to another app; below API 31 we have to ask. */
    fun leaving(inCall: Boolean, microphone: Boolean) {
        if (offered && inCall && Build.VERSION.SDK_INT < Build.VERSION_CODES.S) activity.enterPictureInPictureMode(params(true, microphone))
    }

    private fun params(inCall: Boolean, microphone: Boolean): PictureInPictureParams {
        val (icon, word) = if (microphone) R.drawable.ic_mic to R.string.mute else R.drawable.ic_mic_off to R.string.unmute
        val builder = PictureInPictureParams.Builder()
            .setAspectRatio(Rational(WIDE, HIGH))
            .setActions(listOf(action(icon, word, CallService.ACTION_MICROPHONE), action(R.drawable.ic_hang_up, R.string.hang_up, CallService.ACTION_HANG_UP)))
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) byItself(builder, inCall)
        return builder.build()
    }

    @NewerPlatform
    private fun byItself(builder: PictureInPictureParams.Builder, inCall: Boolean) {
        builder.setAutoEnterEnabled(inCall)
    }

    private fun action(icon: Int, word: Int, does: String): RemoteAction {
        val name = activity.getString(word)
        return RemoteAction(Icon.createWithResource(activity, icon), name, name, CallService.tell(activity, does))
    }

    private companion object {
        const val WIDE = 3
        const val HIGH = 4
    }
}
