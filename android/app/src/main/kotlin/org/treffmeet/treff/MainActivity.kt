package org.treffmeet.treff

import android.app.Activity
import android.app.AlertDialog
import android.content.Context
import android.content.Intent
import android.content.res.Configuration
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.View
import android.view.WindowManager
import android.widget.FrameLayout
import org.treffmeet.treff.call.CallView
import org.treffmeet.treff.comparison.ComparisonView
import org.treffmeet.treff.core.Theme
import org.treffmeet.treff.diagnostics.DiagnosticsView
import org.treffmeet.treff.licences.LicencesView
import org.treffmeet.treff.ended.EndedView
import org.treffmeet.treff.home.HomeView
import org.treffmeet.treff.links.Links
import org.treffmeet.treff.prejoin.PrejoinView
import org.treffmeet.treff.running.Running
import org.treffmeet.treff.server.ServerView
import org.treffmeet.treff.servers.ServersView
import org.treffmeet.treff.session.Shown
import org.treffmeet.treff.settings.SettingsView
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Wallpaper
import org.treffmeet.treff.waiting.WaitingView

/** The one window: shows the screen that the state asks for, and passes on what comes from outside. */
class MainActivity : Activity() {
    private lateinit var running: Running
    private lateinit var outside: AppWindow
    private lateinit var root: FrameLayout
    private lateinit var shownTheme: Theme
    private lateinit var small: SmallWindow
    private var screen: Pair<Shown, ScreenView>? = null
    private var question: Pair<String, AlertDialog>? = null
    private var gesture: BackGesture? = null
    private var forget: () -> Unit = {}
    private val main = Handler(Looper.getMainLooper())
    private var ticking = false
    private val ticker = Runnable { tick() }

    private fun tick() {
        ticking = false
        val call = screen?.takeIf { it.first == Shown.CALL } ?: return
        call.second.show()
        tickAgain()
    }

    /** Only a call in sight has things that pass with time; otherwise nothing wakes up. */
    private fun tickAgain() {
        if (ticking || !started) return
        ticking = true
        main.postDelayed(ticker, TICK_MS)
    }

    private var started = false

    override fun attachBaseContext(base: Context) {
        super.attachBaseContext(base)
        val wanted = (base.applicationContext as TreffApplication).running.session.state.snapshot.settings.theme
        shownTheme = wanted
        val night = when (wanted) {
            Theme.SYSTEM -> return
            Theme.LIGHT -> Configuration.UI_MODE_NIGHT_NO
            Theme.DARK -> Configuration.UI_MODE_NIGHT_YES
        }
        val mode = base.resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK.inv() or night
        applyOverrideConfiguration(Configuration().apply { uiMode = mode })
    }

    override fun onCreate(saved: Bundle?) {
        setTheme(Wallpaper.style(this))
        super.onCreate(saved)
        running = (application as TreffApplication).running
        outside = AppWindow(this, running, saved)
        small = SmallWindow(this)
        root = FrameLayout(this)
        setContentView(root)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) gesture = BackGesture(this, ::back)
        draw()
        if (saved == null) open(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        open(intent)
    }

    private fun open(intent: Intent) {
        Links.from(intent)?.let(running.session::open)
    }

    override fun onStart() {
        super.onStart()
        forget = running.session.listen(::draw)
        started = true
        running.sharing.asker = outside::askForScreen
        running.presenters.call.visible(true)
        draw()
    }

    override fun onResume() {
        super.onResume()
        outside.resumed()
    }

    override fun onStop() {
        super.onStop()
        forget()
        started = false
        running.sharing.asker = null
        ticking = false
        main.removeCallbacks(ticker)
        // A window that is only made anew is still looked at.
        if (!isChangingConfigurations) running.presenters.call.visible(false)
        running.presenters.prejoin.allow(hears = false, sees = false)
        question?.second?.dismiss()
        question = null
    }

    override fun onSaveInstanceState(out: Bundle) {
        super.onSaveInstanceState(out)
        outside.save(out)
    }

    override fun onConfigurationChanged(configuration: Configuration) {
        super.onConfigurationChanged(configuration)
        // The call is laid out for its room; the other screens only scroll.
        if (screen?.first == Shown.CALL) {
            screen = null
            draw()
        }
    }

    override fun onUserLeaveHint() {
        super.onUserLeaveHint()
        val state = running.session.state
        small.leaving(state.shown == Shown.CALL, state.snapshot.me.microphone)
    }

    override fun onPictureInPictureModeChanged(inIt: Boolean, configuration: Configuration) {
        super.onPictureInPictureModeChanged(inIt, configuration)
        running.presenters.call.small(inIt)
    }

    private fun draw() {
        val state = running.session.state
        if (state.snapshot.settings.theme != shownTheme) {
            recreate()
            return
        }
        val wanted = state.shown
        if (screen?.first != wanted) {
            val made = make(wanted)
            screen = wanted to made
            root.removeAllViews()
            root.addView(made.view)
            root.requestApplyInsets()
            frame(wanted)
        }
        screen?.second?.show()
        if (wanted == Shown.CALL) tickAgain()
        keepOn(wanted == Shown.CALL && (state.snapshot.me.camera || state.snapshot.participants.any { it.tracks.camera != null || it.tracks.screen != null }))
        small.follow(wanted == Shown.CALL, state.snapshot.me.microphone)
        gesture?.take(state.inMeeting || state.leadsBack)
        ask(state.askedAbout)
    }

    private fun make(shown: Shown): ScreenView {
        val presenters = running.presenters
        return when (shown) {
            Shown.HOME -> HomeView(this, presenters.home, outside)
            Shown.PREJOIN -> PrejoinView(this, presenters.prejoin, outside)
            Shown.WAITING -> WaitingView(this, presenters.waiting)
            Shown.CALL -> CallView(this, presenters.call, presenters.sheets, outside)
            Shown.ENDED -> EndedView(this, presenters.ended, outside)
            Shown.SETTINGS -> SettingsView(this, presenters.settings, outside)
            Shown.SERVERS -> ServersView(this, presenters.servers, outside)
            Shown.SERVER -> ServerView(this, presenters.server, outside)
            Shown.COMPARISON -> ComparisonView(this, presenters.comparison)
            Shown.DIAGNOSTICS -> DiagnosticsView(this, presenters.diagnostics, outside)
            Shown.LICENCES -> LicencesView(this, presenters.licences, outside)
        }
    }

    /** Draws below the system's bars, whose signs are light in the dark and dark in the light. */
    @Suppress("DEPRECATION")
    private fun frame(shown: Shown) {
        val night = resources.configuration.uiMode and Configuration.UI_MODE_NIGHT_MASK == Configuration.UI_MODE_NIGHT_YES
        val signs = if (night || shown == Shown.CALL) 0 else View.SYSTEM_UI_FLAG_LIGHT_STATUS_BAR or View.SYSTEM_UI_FLAG_LIGHT_NAVIGATION_BAR
        window.decorView.systemUiVisibility =
            View.SYSTEM_UI_FLAG_LAYOUT_STABLE or View.SYSTEM_UI_FLAG_LAYOUT_FULLSCREEN or View.SYSTEM_UI_FLAG_LAYOUT_HIDE_NAVIGATION or signs
    }

    private fun keepOn(on: Boolean) {
        if (on) window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON) else window.clearFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
    }

    /** A link came while in another call. */
    private fun ask(link: String?) {
        if (question?.first == link) return
        question?.second?.dismiss()
        question = link?.let {
            val session = running.session
            val dialog = AlertDialog.Builder(this)
                .setTitle(R.string.other_call_title)
                .setMessage(getString(R.string.other_call, session.state.meeting))
                .setPositiveButton(R.string.other_call_switch) { _, _ -> session.switchMeeting(leave = true) }
                .setNegativeButton(R.string.other_call_stay) { _, _ -> session.switchMeeting(leave = false) }
                .setOnCancelListener { session.switchMeeting(leave = false) }
                .show()
            it to dialog
        }
    }

    override fun onRequestPermissionsResult(code: Int, permissions: Array<out String>, results: IntArray) =
        outside.answered(code)

    @Deprecated("There is no other way without AndroidX.")
    override fun onActivityResult(code: Int, result: Int, data: Intent?) = outside.picked(code, result, data)

    @Deprecated("Below API 33 there is no other way.")
    override fun onBackPressed() = back()

    /** Closes what is open; a meeting goes on in the background. */
    private fun back() {
        val call = running.presenters.call
        when {
            screen?.first == Shown.CALL && call.sheet != null -> call.open(null)
            running.session.back() -> Unit
            else -> moveTaskToBack(true)
        }
    }

    private companion object {
        /** How often the call's clock, rings and passing sentences are looked at while they can be seen. */
        const val TICK_MS = 500L
    }
}
