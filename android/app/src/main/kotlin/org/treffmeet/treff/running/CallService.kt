package org.treffmeet.treff.running

import android.Manifest
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import android.util.Log
import org.treffmeet.treff.NewerPlatform
import org.treffmeet.treff.TreffApplication
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Screen

/** Keeps a meeting running while another app is in front, and shows that it does. */
class CallService : Service() {
    private val session get() = (application as TreffApplication).running.session
    private val notice by lazy { CallNotice(this) }
    private var forget: () -> Unit = {}
    private var shown: Wanted? = null

    /** What the notification and the service's type depend on. */
    private data class Wanted(val meeting: String, val microphone: Boolean, val inCall: Boolean, val mayHear: Boolean, val sees: Boolean, val shows: Boolean)

    override fun onCreate() {
        forget = session.listen(::follow)
    }

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        when (intent?.action) {
            ACTION_MICROPHONE -> session.dispatch(Command.SetMicrophone(!session.state.snapshot.me.microphone))
            ACTION_STOP_SHARE -> session.dispatch(Command.StopShare)
            ACTION_HANG_UP -> session.dispatch(Command.Leave)
        }
        // The system wants to see it within seconds of the start, whatever has become of the meeting.
        shown = null
        show()
        if (!session.state.inMeeting) stopSelf()
        return START_NOT_STICKY
    }

    private fun follow() {
        if (session.state.inMeeting) show() else stopSelf()
    }

    private fun show() {
        val snapshot = session.state.snapshot
        val sees = snapshot.me.camera && granted(Manifest.permission.CAMERA)
        val wanted = Wanted(session.state.meeting, snapshot.me.microphone, snapshot.screen is Screen.Call, granted(Manifest.permission.RECORD_AUDIO), sees, session.state.showsScreen)
        if (wanted == shown) return
        shown = wanted
        val notification = notice.make(wanted.meeting, wanted.microphone, wanted.inCall, wanted.shows)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) typed(notification, wanted) else startForeground(ID, notification)
    }

    private fun granted(permission: String) = checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    /**
     * Without the microphone's permission the meeting is only listened to, and the type must say so; the same with the camera.
     * A screen is shown only after the person agreed, and the type says so before the system gives it.
     */
    @NewerPlatform
    private fun typed(notification: android.app.Notification, wanted: Wanted) {
        val sound = if (wanted.mayHear) ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE else ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PLAYBACK
        val screen = if (wanted.shows) ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PROJECTION else 0
        val camera = if (wanted.sees) ServiceInfo.FOREGROUND_SERVICE_TYPE_CAMERA else 0
        // From the background no camera is added; the picture goes when the window does anyway. Nor is a screen whose consent
        // is over; then it is not shown.
        for (type in listOf(sound or screen or camera, sound or screen).distinct() - sound) {
            try {
                startForeground(ID, notification, type)
                return
            } catch (refused: SecurityException) {
                Log.w(TAG, "The service does not run as ${Integer.toHexString(type)}: ${refused.javaClass.simpleName}.")
            }
        }
        startForeground(ID, notification, sound)
    }

    /** Swiped away: whoever does that wants to be gone. */
    override fun onTaskRemoved(rootIntent: Intent?) {
        session.forgetBrokenOff()
        session.dispatch(Command.Leave)
    }

    override fun onDestroy() = forget()

    override fun onBind(intent: Intent?): IBinder? = null

    /** Starts and stops it with the meeting. */
    class Switch(private val context: Context) : ServiceSwitch {
        private var running = false

        override fun run(inMeeting: Boolean) {
            if (inMeeting == running) return
            running = inMeeting
            // It stops by itself.
            if (!inMeeting) return
            try {
                context.startForegroundService(Intent(context, CallService::class.java))
            } catch (refused: IllegalStateException) {
                // From the background the system starts none; the meeting runs for as long as the system lets it.
                Log.w(TAG, "No service for the meeting: ${refused.javaClass.simpleName}.")
            }
        }
    }

    companion object {
        const val ACTION_MICROPHONE = "org.treffmeet.treff.MICROPHONE"
        const val ACTION_STOP_SHARE = "org.treffmeet.treff.STOP_SHARE"
        const val ACTION_HANG_UP = "org.treffmeet.treff.HANG_UP"

        /** Tells the running service from outside the app's own window. */
        fun tell(context: Context, action: String): PendingIntent =
            PendingIntent.getService(context, 0, Intent(context, CallService::class.java).setAction(action), PendingIntent.FLAG_IMMUTABLE)

        private const val ID = 1
        private const val TAG = "Treff"
    }
}
