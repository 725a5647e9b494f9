package org.treffmeet.treff

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.ClipboardManager
import android.content.Intent
import android.content.pm.PackageManager
import android.content.pm.ShortcutManager
import android.media.projection.MediaProjectionManager
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.provider.CalendarContract
import android.provider.Settings
import android.widget.Toast
import kotlin.concurrent.thread
import org.treffmeet.treff.call.SoundRoutes
import org.treffmeet.treff.home.RecentRow
import org.treffmeet.treff.invite.CalendarEntry
import org.treffmeet.treff.running.Running
import org.treffmeet.treff.running.shortcut
import org.treffmeet.treff.servers.ListFile
import org.treffmeet.treff.session.Shown
import org.treffmeet.treff.share.Consent
import org.treffmeet.treff.ui.Wallpaper
import org.treffmeet.treff.ui.Window

/** What the screens ask of the system: permissions when they are needed, the clipboard, other apps. */
class AppWindow(private val activity: Activity, private val running: Running, saved: Bundle?) : Window {
    /** The name to join with once the system has answered. */
    private var joining: String? = saved?.getString(JOINING)
    private var notificationsAsked = saved?.getBoolean(ASKED) ?: false

    fun save(out: Bundle) {
        out.putString(JOINING, joining)
        out.putBoolean(ASKED, notificationsAsked)
    }

    private fun granted(permission: String) = activity.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    private val mayHear get() = granted(Manifest.permission.RECORD_AUDIO)
    private val maySee get() = granted(Manifest.permission.CAMERA)

    override fun join(name: String) {
        val needed = mutableListOf<String>()
        if (running.session.state.microphone && !mayHear) needed += Manifest.permission.RECORD_AUDIO
        if (running.presenters.prejoin.wantsCamera && !maySee) needed += Manifest.permission.CAMERA
        // The meeting's notification leads back to it; without it the meeting runs all the same.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU && !notificationsAsked && !granted(NOTIFICATIONS)) needed += NOTIFICATIONS
        notificationsAsked = true
        if (needed.isEmpty()) {
            running.presenters.prejoin.join(name)
            return
        }
        joining = name
        activity.requestPermissions(needed.toTypedArray(), JOIN)
    }

    override fun setMicrophone(on: Boolean) {
        if (on && !mayHear) activity.requestPermissions(arrayOf(Manifest.permission.RECORD_AUDIO), MICROPHONE)
        else running.presenters.call.setMicrophone(on)
    }

    override fun setCamera(on: Boolean) {
        if (on && !maySee) activity.requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)
        else running.presenters.call.setCamera(on)
    }

    override fun takeBack() = running.call.unhold()

    override fun askForCamera() = activity.requestPermissions(arrayOf(Manifest.permission.CAMERA), PREVIEW)

    override val ownPicture get() = running.ownPicture

    /** Lets the person pick what of the screen to show; false if this system has no way to ask. */
    fun askForScreen(question: Int): Boolean = try {
        activity.startActivityForResult(activity.getSystemService(MediaProjectionManager::class.java).createScreenCaptureIntent(), SCREEN + question)
        true
    } catch (_: ActivityNotFoundException) {
        false
    }

    /** The answer to what was asked of another app. */
    fun picked(code: Int, result: Int, data: Intent?) {
        val file = data?.data?.takeIf { result == Activity.RESULT_OK }
        if (code == OPEN_LIST) file?.let(::openList)
        if (code == SAVE_LIST) file?.let(::saveList)
        if (code > SCREEN) running.sharing.answered(code - SCREEN, data?.takeIf { result == Activity.RESULT_OK }?.let { Consent(result, it) })
    }

    override fun openList() = choose(Intent(Intent.ACTION_OPEN_DOCUMENT).setType("*/*").putExtra(Intent.EXTRA_MIME_TYPES, LISTS), OPEN_LIST)

    override fun saveList() = choose(Intent(Intent.ACTION_CREATE_DOCUMENT).setType("application/json").putExtra(Intent.EXTRA_TITLE, LIST_NAME), SAVE_LIST)

    private fun choose(intent: Intent, code: Int) {
        try {
            activity.startActivityForResult(intent.addCategory(Intent.CATEGORY_OPENABLE), code)
        } catch (_: ActivityNotFoundException) {
            Toast.makeText(activity, R.string.no_files, Toast.LENGTH_LONG).show()
        }
    }

    private fun openList(file: Uri) {
        val files = activity.contentResolver
        val servers = running.presenters.servers
        besides({ ListFile.read { files.openInputStream(file) } }, servers::takeIn)
    }

    private fun saveList(file: Uri) {
        val files = activity.contentResolver
        val servers = running.presenters.servers
        // What a longer list left there before goes.
        servers.save { text -> besides({ ListFile.write(text) { files.openOutputStream(file, "wt") } }, servers::saved) }
    }

    /** Does what may take long without holding up the screen; [then] hears of it on the main thread. */
    private fun <T> besides(work: () -> T, then: (T) -> Unit) {
        val main = Handler(Looper.getMainLooper())
        thread(name = FILES) {
            val done = work()
            main.post { then(done) }
        }
    }

    /** The person answered the system. */
    fun answered(code: Int) {
        val hears = mayHear
        val sees = maySee
        running.presenters.prejoin.allow(hears, sees)
        when (code) {
            PREVIEW -> running.presenters.prejoin.cameraAnswered(sees)
            CAMERA -> {
                running.presenters.call.cameraAnswered(sees)
                if (!sees) Toast.makeText(activity, R.string.camera_refused, Toast.LENGTH_LONG).show()
            }
            MICROPHONE -> {
                running.presenters.call.microphoneAnswered(hears)
                if (!hears) Toast.makeText(activity, R.string.mic_refused, Toast.LENGTH_LONG).show()
            }
            JOIN -> {
                val name = joining ?: return
                joining = null
                val wanted = running.session.state.microphone
                val seen = running.presenters.prejoin.wantsCamera
                if (wanted) running.presenters.prejoin.microphoneAnswered(hears)
                if (seen) running.presenters.prejoin.cameraAnswered(sees)
                // Refused: the sentence that says so stands on the screen, and joining without it is one tap away.
                if ((hears || !wanted) && (sees || !seen)) running.presenters.prejoin.join(name)
            }
        }
    }

    /** In front again, perhaps after a visit to the system's settings. */
    fun resumed() {
        running.presenters.prejoin.allow(mayHear, maySee)
        if (running.session.state.cameraRefused && maySee) running.session.update { it.copy(cameraRefused = false, camera = it.camera || it.shown == Shown.PREJOIN) }
        if (running.session.state.microphoneRefused && mayHear) running.session.update { it.copy(microphoneRefused = false, microphone = it.microphone || it.shown == Shown.PREJOIN) }
    }

    override fun browse(address: String) = start(Intent(Intent.ACTION_VIEW, Uri.parse(address)).addCategory(Intent.CATEGORY_BROWSABLE))

    private fun start(intent: Intent, missing: Int = R.string.no_browser) {
        try {
            activity.startActivity(intent)
        } catch (_: ActivityNotFoundException) {
            Toast.makeText(activity, missing, Toast.LENGTH_LONG).show()
        }
    }

    override fun enter(entry: CalendarEntry) {
        val form = Intent(Intent.ACTION_INSERT, CalendarContract.Events.CONTENT_URI)
            .putExtra(CalendarContract.Events.TITLE, entry.title)
            .putExtra(CalendarContract.Events.EVENT_LOCATION, entry.link)
            .putExtra(CalendarContract.Events.DESCRIPTION, entry.link)
            .putExtra(CalendarContract.EXTRA_EVENT_BEGIN_TIME, entry.starts)
            .putExtra(CalendarContract.EXTRA_EVENT_END_TIME, entry.ends)
        start(form, R.string.no_calendar)
    }

    override val pin: ((RecentRow) -> Unit)?
        get() = activity.getSystemService(ShortcutManager::class.java).takeIf { it.isRequestPinShortcutSupported }?.let { launcher ->
            { launcher.requestPinShortcut(shortcut(activity, it.link, it.room), null) }
        }

    private val clipboard get() = activity.getSystemService(ClipboardManager::class.java)

    override fun clipboard(): String? = clipboard.primaryClip?.takeIf { it.itemCount > 0 }?.getItemAt(0)?.coerceToText(activity)?.toString()

    override fun copy(text: String) = clipboard.setPrimaryClip(ClipData.newPlainText(activity.getString(R.string.app_name), text))

    override fun share(text: String) = start(Intent.createChooser(Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text), null))

    override fun appSettings() = start(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, own()))

    private fun own() = Uri.fromParts("package", activity.packageName, null)

    override val linkSettings: (() -> Unit)?
        get() = if (Build.VERSION.SDK_INT < Build.VERSION_CODES.S) null else ({ start(Intent(Settings.ACTION_APP_OPEN_BY_DEFAULT_SETTINGS, own())) })

    override val languageSettings: (() -> Unit)?
        get() = if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) null else ({ start(Intent(Settings.ACTION_APP_LOCALE_SETTINGS, own())) })

    override val wallpaper: Boolean? get() = if (Wallpaper.possible) Wallpaper.wanted(activity) else null

    override fun setWallpaper(on: Boolean) {
        Wallpaper.want(activity, on)
        activity.recreate()
    }

    override val routes: SoundRoutes get() = running.call
    override val language: String get() = activity.resources.configuration.locales[0].toLanguageTag()
    override val system: String get() = "Android ${Build.VERSION.RELEASE} (API ${Build.VERSION.SDK_INT}), ${Build.MANUFACTURER} ${Build.MODEL}"
    override val version: String get() = activity.packageManager.getPackageInfo(activity.packageName, 0).versionName.orEmpty()

    private companion object {
        const val JOIN = 1
        const val MICROPHONE = 2
        const val CAMERA = 3
        const val PREVIEW = 4
        const val OPEN_LIST = 5
        const val SAVE_LIST = 6

        /** And the number of the question. */
        const val SCREEN = 100
        const val JOINING = "joining"
        const val FILES = "files"
        const val LIST_NAME = "treff-servers.json"

        /** What a list may be taken for; some apps know nothing about the files they keep. */
        val LISTS = arrayOf("text/*", "application/json", "application/octet-stream")
        const val ASKED = "notifications asked"

        /** Manifest.permission.POST_NOTIFICATIONS, of API 33. */
        const val NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
    }
}
