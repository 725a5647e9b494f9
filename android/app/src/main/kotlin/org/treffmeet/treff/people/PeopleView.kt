package org.treffmeet.treff.people

import android.content.Context
import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.SeekBar
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Avatar
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.icon
import org.treffmeet.treff.ui.pressable
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.readAs
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.tapDoes
import org.treffmeet.treff.ui.text

/** Who is here; a tap on somebody shows what can be done about them. */
class PeopleView(private val context: Context, private val presenter: PeoplePresenter) : ScreenView {
    private val waitingTitle = context.heading(context.getString(R.string.waiting_room))
    private val waiting = Card(context)
    private val people = Card(context)
    private var open: String? = null
    private var last: PeopleState? = null
    override val view = ScrollView(context)

    init {
        val side = context.size(R.dimen.space_base)
        val page = context.column {
            setPadding(side, 0, side, side)
            below(waitingTitle)
            below(waiting, context.size(R.dimen.space_tight))
            below(people, context.size(R.dimen.space_base))
        }
        view.addView(page)
    }

    override fun show() = draw(presenter.state(), force = false)

    private fun draw(state: PeopleState, force: Boolean) {
        if (state == last && !force) return
        last = state
        waitingTitle.shown = state.knocking.isNotEmpty()
        waiting.shown = state.knocking.isNotEmpty()
        waiting.follow(state.knocking) { knocker(it) }
        people.follow(state.rows.map { it to (it.endpoint == open && !it.me) }) { (row, open) -> person(row, open) }
    }

    private fun knocker(row: KnockerRow) = context.column {
        val name = row.name.read(context)
        val side = context.size(R.dimen.space_base)
        setPadding(side, side, side, side)
        below(context.text(name, semibold = true))
        val buttons = context.row {
            val refuse = context.button(context.getString(R.string.refuse), Weight.QUIET) { presenter.refuse(row.id) }
            val admit = context.button(context.getString(R.string.let_in)) { presenter.admit(row.id) }
            refuse.minHeight = admit.minHeight
            refuse.contentDescription = context.getString(R.string.refuse_one, name)
            admit.contentDescription = context.getString(R.string.let_in_one, name)
            after(refuse, width = 0, weight = 1f)
            after(admit, start = context.size(R.dimen.space_tight), width = 0, weight = 1f)
        }
        below(buttons, context.size(R.dimen.space_tight))
    }

    private fun person(row: PersonRow, open: Boolean): View = context.column {
        val line = line(row)
        below(line)
        if (!row.me) {
            line.background = context.pressable(null)
            line.tapDoes(context.getString(R.string.more))
            line.setOnClickListener {
                this@PeopleView.open = if (open) null else row.endpoint
                last?.let { draw(it, force = true) }
            }
        }
        if (open) below(actions(row))
    }

    private fun line(row: PersonRow) = context.row {
        val side = context.size(R.dimen.space_base)
        minimumHeight = context.dp(ROW_DP)
        setPadding(side, context.size(R.dimen.space_tight), side, context.size(R.dimen.space_tight))
        after(Avatar(context).apply { show(row.initials, row.colour) }, width = context.dp(AVATAR_DP), height = context.dp(AVATAR_DP))
        val words = context.column {
            below(context.text(row.name.read(context)))
            row.role?.let { below(context.text(it.read(context), R.dimen.type_small, R.color.text_quiet)) }
        }
        after(words, start = side, width = 0, weight = 1f)
        if (row.hand) mark(R.drawable.ic_hand, R.color.speaking)
        if (row.pinned) mark(R.drawable.ic_pin, R.color.text_quiet)
        mark(if (row.muted) R.drawable.ic_mic_off else R.drawable.ic_mic, R.color.text_quiet)
        mark(if (row.camera) R.drawable.ic_camera else R.drawable.ic_camera_off, R.color.text_quiet)
        readAs(row.spoken.joinToString(", ") { it.read(context) })
    }

    private fun LinearLayout.mark(icon: Int, tint: Int) = after(
        ImageView(context).apply { setImageDrawable(context.icon(icon, context.colour(tint))) },
        start = context.size(R.dimen.space_tight), width = context.dp(MARK_DP), height = context.dp(MARK_DP),
    )

    private fun actions(row: PersonRow) = context.column {
        val name = row.name.read(context)
        val side = context.size(R.dimen.space_base)
        setPadding(side, 0, side, side)
        val volume = context.row {
            after(ImageView(context).apply { setImageDrawable(context.icon(R.drawable.ic_speaker, context.colour(R.color.text_quiet))) }, width = context.dp(MARK_DP), height = context.dp(MARK_DP))
            after(slider(row, name), width = 0, height = context.size(R.dimen.size_target), weight = 1f)
        }
        below(volume)
        val pin = context.button(context.getString(if (row.pinned) R.string.as_before else R.string.keep_large), Weight.QUIET, R.drawable.ic_pin) { presenter.pin(row.endpoint) }
        pin.contentDescription = context.getString(if (row.pinned) R.string.as_before_one else R.string.keep_large_one, name)
        below(pin, context.size(R.dimen.space_hair))
        val write = context.button(context.getString(R.string.write), Weight.QUIET, R.drawable.ic_chat) { presenter.write(row.endpoint) }
        write.contentDescription = context.getString(R.string.write_private, name)
        below(write, context.size(R.dimen.space_tight))
    }

    private fun slider(row: PersonRow, name: String) = SeekBar(context).apply {
        max = LOUDEST
        progress = row.volume
        contentDescription = context.getString(R.string.volume_of, name)
        setOnSeekBarChangeListener(object : SeekBar.OnSeekBarChangeListener {
            override fun onProgressChanged(bar: SeekBar, progress: Int, byHand: Boolean) = Unit
            override fun onStartTrackingTouch(bar: SeekBar) = Unit

            // The row is drawn anew when the core has it, and that would take the slider from under the finger.
            override fun onStopTrackingTouch(bar: SeekBar) = presenter.setVolume(row.endpoint, bar.progress)
        })
    }

    private companion object {
        const val ROW_DP = 64f
        const val AVATAR_DP = 40f
        const val MARK_DP = 20f
        const val LOUDEST = 200
    }
}
