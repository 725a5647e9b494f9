package org.treffmeet.treff.call

import android.content.Context
import android.widget.ScrollView
import android.widget.TextView
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.choiceRow
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.switchRow
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.words

/** Everything that has no place among the main controls. */
class MoreView(private val context: Context, private val presenter: CallPresenter, private val window: Window) : ScreenView {
    override val view = ScrollView(context)
    private val people = Card(context)
    private val hand = context.switchRow(context.getString(R.string.hand_raise), null, R.drawable.ic_hand, presenter::setHand)
    private val share = Row(context, context.getString(R.string.share_screen), null, R.drawable.ic_share).leads(chevron = false) {
        presenter.share(state?.shares != true)
        presenter.open(null)
    }
    private val camera = Row(context, context.getString(R.string.switch_camera), null, R.drawable.ic_camera_switch).leads(chevron = false) { presenter.switchCamera() }
    private val selfView = context.switchRow(context.getString(R.string.self_view), null, R.drawable.ic_person, presenter::setSelfView)
    private val protection = Row(context, context.getString(R.string.protect), null, R.drawable.ic_lock).leads { presenter.open(Sheet.PROTECTION) }
    private val soundTitle = context.text(context.getString(R.string.sound_from), R.dimen.type_small, R.color.text_quiet)
    private val sound = Card(context)
    private var state: CallState? = null

    init {
        val side = context.size(R.dimen.space_base)
        val invite = Row(context, context.getString(R.string.invite), null, R.drawable.ic_person_add).leads { presenter.open(Sheet.INVITE) }
        val page = context.column {
            setPadding(side, 0, side, side)
            below(reactions())
            val barred = Card(context).apply {
                below(hand)
                below(share)
                // Where there is room they are among the main controls.
                shown = !context.roomyBar
            }
            below(barred, side)
            below(people, side)
            below(soundTitle, side)
            below(sound, context.size(R.dimen.space_tight))
            val rest = Card(context).apply {
                below(camera)
                below(selfView)
                below(invite)
                below(protection)
            }
            below(rest, side)
        }
        view.addView(page)
    }

    private fun reactions() = context.row {
        for (reaction in Reactions.OFFERED) {
            val face: TextView = context.text(Reactions.face(reaction), R.dimen.type_title).apply {
                gravity = android.view.Gravity.CENTER
                background = context.pressable(context.shape(R.color.surface_raised, R.dimen.radius_card))
                contentDescription = Reactions.word(reaction)?.read(context)
                minHeight = context.size(R.dimen.size_target)
                setOnClickListener {
                    presenter.react(reaction)
                    presenter.open(null)
                }
            }
            after(face, start = if (childCount == 0) 0 else context.size(R.dimen.space_hair), width = 0, weight = 1f)
        }
    }

    fun show(call: CallState) {
        state = call
        show()
    }

    override fun show() {
        val call = state ?: return
        people.follow(listOf(call.people to call.waiting)) { (count, waiting) ->
            val detail = if (waiting == 0) null else context.resources.getQuantityString(R.plurals.waiting_count, waiting, waiting)
            Row(context, words(R.string.people_count, count).read(context), detail, R.drawable.ic_people).leads { presenter.open(Sheet.PEOPLE) }
        }
        selfView.on = call.selfView
        hand.on = call.hand
        share.shown = call.mayShare
        if (call.shares) share.name(context.getString(R.string.stop_sharing), R.drawable.ic_share_stop) else share.name(context.getString(R.string.share_screen), R.drawable.ic_share)
        camera.shown = call.otherCamera
        protection.shown = call.mayProtect
        val routes = window.routes.available
        soundTitle.shown = routes.size > 1
        sound.shown = routes.size > 1
        sound.follow(routes.map { it to (it == window.routes.chosen) }) { (route, chosen) ->
            context.choiceRow(context.getString(name(route)), null) { window.routes.choose(route) }.apply { on = chosen }
        }
    }

    private fun name(route: SoundRoute) = when (route) {
        SoundRoute.SPEAKER -> R.string.speaker_on
        SoundRoute.EARPIECE -> R.string.earpiece
        SoundRoute.WIRED -> R.string.route_wired
        SoundRoute.BLUETOOTH -> R.string.route_bluetooth
    }
}
