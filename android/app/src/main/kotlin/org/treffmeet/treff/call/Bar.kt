package org.treffmeet.treff.call

import android.content.Context
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.fill
import org.treffmeet.treff.ui.icon
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.style
import org.treffmeet.treff.ui.tapDoes
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.typeScale

/** One of the call's main controls: round, with a word below where there is room. */
class Control(context: Context, width: Int, private val word: String, worded: Boolean, press: () -> Unit) : LinearLayout(context) {
    private val face = FrameLayout(context)
    private val image = ImageView(context)
    private val badge: TextView = context.text("", R.dimen.type_small, R.color.on_speaking, semibold = true)
    private var look: Triple<Int, Int, Int>? = null

    init {
        orientation = VERTICAL
        gravity = Gravity.CENTER_HORIZONTAL
        clipChildren = false
        clipToPadding = false
        val height = context.size(R.dimen.size_control)
        val icon = context.size(R.dimen.size_icon)
        face.fill(image, icon, icon, Gravity.CENTER)
        badge.apply {
            background = context.shape(R.color.speaking, R.dimen.radius_card)
            gravity = Gravity.CENTER
            minWidth = context.dp(BADGE_DP)
            setPadding(context.dp(5f), 0, context.dp(5f), 0)
            includeFontPadding = false
            // It must not hide the icon; a screen reader tells the number, too.
            setTextSize(TypedValue.COMPLEX_UNIT_DIP, BADGE_TYPE_DP * minOf(context.typeScale, BADGE_GROWS))
            shown = false
        }
        face.fill(badge, FrameLayout.LayoutParams.WRAP_CONTENT, FrameLayout.LayoutParams.WRAP_CONTENT, Gravity.TOP or Gravity.END)
        addView(face, LayoutParams(width, height))
        if (worded) addView(context.text(word, R.dimen.type_small).apply { gravity = Gravity.CENTER; maxLines = 1 }, LayoutParams(LayoutParams.WRAP_CONTENT, LayoutParams.WRAP_CONTENT))
        isFocusable = true
        tooltipText = word
        setOnClickListener { press() }
    }

    /** Its icon and colours, what a screen reader says, and what a tap does. */
    fun show(icon: Int, fill: Int, ink: Int, name: String, does: String? = null, count: Int = 0) {
        if (look != Triple(icon, fill, ink)) {
            look = Triple(icon, fill, ink)
            image.setImageDrawable(context.icon(icon, context.colour(ink)))
            face.background = context.pressable(context.shape(fill, R.dimen.radius_full))
        }
        badge.shown = count > 0
        badge.text = if (count > MOST) "$MOST+" else count.toString()
        if (contentDescription != name) contentDescription = name
        tapDoes(does ?: word)
    }

    private companion object {
        const val BADGE_DP = 20f
        const val BADGE_TYPE_DP = 13f
        const val BADGE_GROWS = 1.3f
        const val MOST = 99
    }
}

/** There is room for the hand and people among the main controls; otherwise they are under *More*. */
val Context.roomyBar: Boolean get() = resources.configuration.screenWidthDp >= ROOMY_DP

private const val ROOMY_DP = 600

/** The controls below the pictures. */
class Bar(context: Context, presenter: CallPresenter, window: Window) : LinearLayout(context) {
    private val roomy = context.roomyBar
    private val worded = roomy && resources.configuration.screenHeightDp >= TALL_DP
    private var state: CallState? = null
    private var beforeShare: View? = null
    private val microphone = control(R.string.mic_word) { window.setMicrophone(state?.microphone != true) }
    private val camera = control(R.string.camera_word) { window.setCamera(state?.camera != true) }
    private val share = control(R.string.share_screen_short) { presenter.share(state?.shares != true) }
    private val hand = control(R.string.hand) { presenter.setHand(state?.hand != true) }
    private val chat = control(R.string.chat) { presenter.toggle(Sheet.CHAT) }
    private val people = control(R.string.people) { presenter.toggle(Sheet.PEOPLE) }
    private val more = control(R.string.more) { presenter.toggle(Sheet.MORE) }
    private val leave = Control(context, context.dp(LEAVE_DP), context.getString(R.string.leave), worded, presenter::leave)

    init {
        gravity = Gravity.CENTER
        clipChildren = false
        clipToPadding = false
        val edge = context.size(R.dimen.space_tight)
        setPadding(edge, edge, edge, edge)
        val controls = listOfNotNull(microphone, camera, share.takeIf { roomy }, hand.takeIf { roomy }, chat, people.takeIf { roomy }, more, leave)
        controls.forEachIndexed { index, control ->
            if (index > 0) addView(gap(control), LayoutParams(if (roomy) context.size(R.dimen.space_wide) else 0, 1, if (roomy) 0f else 1f))
            addView(control)
        }
    }

    private fun gap(before: Control) = View(context).also { if (before === share) beforeShare = it }

    private fun control(word: Int, press: () -> Unit) = Control(context, context.size(R.dimen.size_control), context.getString(word), worded, press)

    fun show(state: CallState) {
        this.state = state
        fun on(active: Boolean) = if (active) R.color.call_control_off to R.color.call_on_control_off else R.color.call_control to R.color.call_on_control
        fun word(id: Int) = context.getString(id)
        val (micFill, micInk) = on(!state.microphone)
        microphone.show(
            if (state.microphone) R.drawable.ic_mic else R.drawable.ic_mic_off, micFill, micInk,
            word(if (state.microphone) R.string.mic_state_on else R.string.mic_state_off), word(if (state.microphone) R.string.mic_press_off else R.string.mic_press_on),
        )
        val (cameraFill, cameraInk) = on(!state.camera)
        camera.show(
            if (state.camera) R.drawable.ic_camera else R.drawable.ic_camera_off, cameraFill, cameraInk,
            word(if (state.camera) R.string.camera_state_on else R.string.camera_state_off), word(if (state.camera) R.string.mic_press_off else R.string.mic_press_on),
        )
        share.shown = state.mayShare
        beforeShare?.shown = state.mayShare
        val (shareFill, shareInk) = on(state.shares)
        share.show(
            if (state.shares) R.drawable.ic_share_stop else R.drawable.ic_share, shareFill, shareInk,
            word(if (state.shares) R.string.stop_sharing else R.string.share_screen), word(if (state.shares) R.string.stop_sharing_short else R.string.share_screen_short),
        )
        val (handFill, handInk) = if (state.hand) R.color.speaking to R.color.on_speaking else on(false)
        hand.show(R.drawable.ic_hand, handFill, handInk, word(if (state.hand) R.string.hand_raised else R.string.hand_lowered), word(if (state.hand) R.string.hand_lower else R.string.hand_raise))
        val (chatFill, chatInk) = on(state.sheet == Sheet.CHAT)
        val chatName = if (state.unread == 0) word(R.string.chat) else resources.getQuantityString(R.plurals.chat_unread, state.unread, state.unread)
        chat.show(R.drawable.ic_chat, chatFill, chatInk, chatName, count = state.unread)
        val (peopleFill, peopleInk) = on(state.sheet == Sheet.PEOPLE)
        people.show(R.drawable.ic_people, peopleFill, peopleInk, peopleName(state), count = state.waiting)
        val (moreFill, moreInk) = on(state.sheet == Sheet.MORE)
        more.show(R.drawable.ic_more, moreFill, moreInk, word(R.string.more), count = if (roomy) 0 else state.waiting)
        leave.show(R.drawable.ic_hang_up, R.color.call_hang_up, R.color.call_on_hang_up, word(R.string.leave_meeting))
    }

    private fun peopleName(state: CallState) =
        if (state.waiting == 0) context.getString(R.string.people_count, state.people.toString())
        else resources.getQuantityString(R.plurals.people_waiting, state.waiting, state.waiting)

    private companion object {
        const val TALL_DP = 480
        const val LEAVE_DP = 72f
    }
}
