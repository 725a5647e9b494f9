package org.treffmeet.treff.running

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Person
import android.content.Context
import android.content.Intent
import android.graphics.drawable.Icon
import android.os.Build
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.NewerPlatform
import org.treffmeet.treff.R

/** The notification of a running meeting: back to it, mute, leave. */
class CallNotice(private val context: Context) {
    fun make(meeting: String, microphone: Boolean, inCall: Boolean, shows: Boolean): Notification {
        val channel = NotificationChannel(CHANNEL, context.getString(R.string.channel), NotificationManager.IMPORTANCE_LOW)
        context.getSystemService(NotificationManager::class.java).createNotificationChannel(channel)
        val back = Intent(context, MainActivity::class.java).setAction(Intent.ACTION_MAIN).addCategory(Intent.CATEGORY_LAUNCHER)
        val builder = Notification.Builder(context, CHANNEL)
            .setSmallIcon(R.drawable.ic_phone)
            .setContentTitle(context.getString(R.string.in_call, meeting))
            .setContentText(context.getString(if (shows) R.string.you_share else R.string.notice_text))
            .setContentIntent(PendingIntent.getActivity(context, 0, back, PendingIntent.FLAG_IMMUTABLE))
            .setCategory(Notification.CATEGORY_CALL)
            .setOngoing(true)
            .setVisibility(Notification.VISIBILITY_PRIVATE)
        if (inCall) {
            val (icon, word) = if (microphone) R.drawable.ic_mic_off to R.string.mute else R.drawable.ic_mic to R.string.unmute
            builder.addAction(action(icon, word, CallService.ACTION_MICROPHONE))
        }
        if (shows) builder.addAction(action(R.drawable.ic_share_stop, R.string.stop_sharing_short, CallService.ACTION_STOP_SHARE))
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) asCall(builder, meeting)
        else builder.addAction(action(R.drawable.ic_hang_up, R.string.hang_up, CallService.ACTION_HANG_UP))
        return builder.build()
    }

    private fun action(icon: Int, word: Int, does: String) =
        Notification.Action.Builder(Icon.createWithResource(context, icon), context.getString(word), tell(does)).build()

    private fun tell(action: String): PendingIntent = CallService.tell(context, action)

    @NewerPlatform
    private fun asCall(builder: Notification.Builder, meeting: String) {
        val room = Person.Builder().setName(meeting.ifEmpty { context.getString(R.string.app_name) }).setImportant(true).build()
        builder.setStyle(Notification.CallStyle.forOngoingCall(room, tell(CallService.ACTION_HANG_UP)))
    }

    private companion object {
        const val CHANNEL = "call"
    }
}
