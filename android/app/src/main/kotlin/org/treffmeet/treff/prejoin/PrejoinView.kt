package org.treffmeet.treff.prejoin

import android.content.Context
import android.content.res.ColorStateList
import android.view.Gravity
import android.view.View
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ProgressBar
import org.treffmeet.treff.R
import org.treffmeet.treff.camera.OwnPictureView
import org.treffmeet.treff.ui.Avatar
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.fill
import org.treffmeet.treff.ui.icon
import org.treffmeet.treff.ui.iconButton
import org.treffmeet.treff.ui.link
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.switchRow
import org.treffmeet.treff.ui.text

class PrejoinView(private val context: Context, private val presenter: PrejoinPresenter, private val window: Window) : ScreenView {
    override val view = Page(context, "", presenter::back)
    private val avatar = Avatar(context)
    private val trust = context.text("", colour = R.color.text_quiet)
    private val name = Field(context, context.getString(R.string.own_name), Typing.NAME)
    private val microphone = context.switchRow(context.getString(R.string.mic_on), null, R.drawable.ic_mic, presenter::setMicrophone)
    private val camera = context.switchRow(context.getString(R.string.camera_on), null, R.drawable.ic_camera, presenter::setCamera)
    private val own = OwnPictureView(context, window.ownPicture) { instead.shown = false }
    private val ask = context.button(context.getString(R.string.camera_show), Weight.QUIET, R.drawable.ic_camera) { window.askForCamera() }
    private val other = context.iconButton(R.drawable.ic_camera_switch, context.getString(R.string.switch_camera), R.color.call_on_control, presenter::switchCamera)
    private val instead: LinearLayout = context.column {
        gravity = Gravity.CENTER_HORIZONTAL
        val side = context.size(R.dimen.space_base)
        setPadding(side, side, side, side)
        below(avatar, width = context.dp(AVATAR_DP), height = context.dp(AVATAR_DP))
        below(ask, context.size(R.dimen.space_snug), width = LinearLayout.LayoutParams.WRAP_CONTENT)
    }
    private val level = ProgressBar(context, null, 0, android.R.style.Widget_Material_ProgressBar_Horizontal).apply {
        max = PrejoinState.LOUDEST
        progressTintList = ColorStateList.valueOf(context.colour(R.color.good))
        importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        val side = context.size(R.dimen.space_base)
        setPadding(side, 0, side, context.size(R.dimen.space_tight))
    }
    private val problem = context.notice(R.drawable.ic_mic_off)
    private val cameraProblem = context.notice(R.drawable.ic_camera_off)
    private val settings = context.button(context.getString(R.string.open_app_settings), Weight.QUIET) { window.appSettings() }
    private val invite = context.button(context.getString(R.string.share_link), Weight.SECOND, R.drawable.ic_send_link) {
        last?.let { window.share(context.getString(R.string.share_text, it.meeting, it.link)) }
    }
    private val calendar = context.button(context.getString(R.string.calendar), Weight.QUIET, R.drawable.ic_calendar) { window.enter(presenter.entry()) }
    private var last: PrejoinState? = null
    private var lastName: String? = null

    init {
        view.add(picture(), R.dimen.space_tight)
        val line = context.row {
            gravity = Gravity.TOP
            after(ImageView(context).apply { setImageDrawable(context.icon(R.drawable.ic_info, context.colour(R.color.text_quiet))) })
            val words = context.column {
                below(trust)
                below(context.link(context.getString(R.string.what_does_it_do), presenter::openServer))
            }
            after(words, start = context.size(R.dimen.space_snug), width = 0, weight = 1f)
        }
        view.add(line)
        name.onEdited(::showInitials)
        name.onGo(::join)
        view.add(context.text(context.getString(R.string.own_name), R.dimen.type_small, R.color.text_quiet), R.dimen.space_tight)
        view.add(name, R.dimen.space_hair)
        view.add(cameraProblem)
        view.add(problem)
        view.add(settings, R.dimen.space_snug)
        val card = Card(context).apply {
            showDividers = LinearLayout.SHOW_DIVIDER_NONE
            below(microphone)
            below(level)
            below(camera)
        }
        view.add(card)
        view.add(invite)
        view.add(context.button(context.getString(R.string.join), press = ::join))
        view.add(calendar, R.dimen.space_snug)
    }

    /** The own picture, or initials and what can be done. */
    private fun picture() = FrameLayout(context).apply {
        background = context.shape(R.color.call_tile, R.dimen.radius_card)
        clipToOutline = true
        minimumHeight = minOf(context.dp(PICTURE_DP), (context.resources.displayMetrics.heightPixels * PICTURE_SHARE).toInt())
        fill(own)
        fill(instead, height = FrameLayout.LayoutParams.WRAP_CONTENT, gravity = Gravity.CENTER)
        val edge = context.size(R.dimen.space_tight)
        fill(other, context.size(R.dimen.size_target), context.size(R.dimen.size_target), Gravity.BOTTOM or Gravity.END)
        (other.layoutParams as FrameLayout.LayoutParams).setMargins(edge, edge, edge, edge)
        other.background = context.pressable(context.shape(R.color.call_control, R.dimen.radius_full))
    }

    private fun showInitials(text: String) = avatar.show(People.initials(text), 0)

    private fun join() = window.join(name.value)

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        // What was typed is not overwritten by what was there before.
        if (state.name != lastName && (name.value.isEmpty() || name.value == lastName)) name.value = state.name
        lastName = state.name
        showInitials(name.value)
        last = state
        view.title(state.meeting)
        trust.say(state.trust)
        problem.say(state.microphoneProblem)
        cameraProblem.say(state.cameraProblem)
        settings.shown = state.refused
        own.show(state.picture)
        instead.shown = !own.filled
        ask.shown = state.askForCamera
        other.shown = state.otherCamera
        camera.shown = state.camera != null
        camera.on = state.camera == true
        if (state.camera == true) camera.name(context.getString(R.string.camera_on), R.drawable.ic_camera)
        else camera.name(context.getString(R.string.camera_off), R.drawable.ic_camera_off)
        microphone.on = state.microphone
        level.shown = state.level != null
        level.progress = state.level ?: 0
        if (state.microphone) microphone.name(context.getString(R.string.mic_on), R.drawable.ic_mic)
        else microphone.name(context.getString(R.string.mic_off), R.drawable.ic_mic_off)
        invite.shown = state.invite
        calendar.shown = state.invite
    }

    private companion object {
        const val AVATAR_DP = 112f
        const val PICTURE_DP = 240f

        /** So much of a low screen's height at most. */
        const val PICTURE_SHARE = 0.4f
    }
}
