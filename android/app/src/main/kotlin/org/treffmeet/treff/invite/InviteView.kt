package org.treffmeet.treff.invite

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Color
import android.graphics.drawable.BitmapDrawable
import android.view.Gravity
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import org.treffmeet.treff.R
import org.treffmeet.treff.core.QrCode
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text

class InviteView(private val context: Context, private val presenter: InvitePresenter, private val window: Window) : ScreenView {
    override val view = ScrollView(context)
    private val link = context.text("", R.dimen.type_small)
    private val code = ImageView(context).apply { contentDescription = context.getString(R.string.qr_of_link) }
    private val scan = context.text(context.getString(R.string.scan_why), R.dimen.type_small, R.color.text_quiet).apply { gravity = Gravity.CENTER }
    private val ask = context.button("", Weight.QUIET, R.drawable.ic_phone) { presenter.ask() }
    private val problem = context.notice(R.drawable.ic_info)
    private val pin = context.text("", semibold = true)
    private val numbers = Card(context)
    private var last: InviteState? = null

    init {
        val side = context.size(R.dimen.space_base)
        val near = context.size(R.dimen.space_snug)
        val page = context.column {
            setPadding(side, 0, side, side)
            below(link)
            below(context.button(context.getString(R.string.share_link), Weight.MAIN, R.drawable.ic_send_link, ::send), near)
            below(context.button(context.getString(R.string.copy_link), Weight.SECOND, R.drawable.ic_copy) { last?.let { window.copy(it.link) } }, near)
            below(context.button(context.getString(R.string.calendar), Weight.SECOND, R.drawable.ic_calendar) { window.enter(presenter.entry()) }, near)
            below(code, side, context.dp(CODE_DP), context.dp(CODE_DP))
            (code.layoutParams as LinearLayout.LayoutParams).gravity = Gravity.CENTER_HORIZONTAL
            below(scan, near)
            below(ask, side)
            below(problem, side)
            below(pin, side)
            below(numbers, near)
        }
        view.addView(page)
    }

    private fun send() {
        last?.let { window.share(context.getString(R.string.share_text, it.meeting, it.link)) }
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        if (state.code != last?.code) code.setImageDrawable(state.code?.let(::picture))
        last = state
        link.text = state.link
        code.shown = state.code != null
        scan.shown = state.code != null
        ask.say(state.ask)
        ask.isEnabled = !state.asking
        problem.say(state.problem)
        pin.say(state.pin)
        numbers.shown = state.numbers.isNotEmpty()
        numbers.follow(state.numbers) { (number, country) -> Row(context, number, country.ifEmpty { null }, R.drawable.ic_phone) }
    }

    /** Dark on light in any theme, with the light margin that readers want; its edges stay sharp. */
    private fun picture(code: QrCode): BitmapDrawable {
        val size = code.size.toInt()
        val picture = Bitmap.createBitmap(size + 2 * MARGIN, size + 2 * MARGIN, Bitmap.Config.ARGB_8888).apply { eraseColor(Color.WHITE) }
        code.modules.forEachIndexed { index, dark -> if (dark) picture.setPixel(MARGIN + index % size, MARGIN + index / size, Color.BLACK) }
        return BitmapDrawable(context.resources, picture).apply { isFilterBitmap = false }
    }

    private companion object {
        const val CODE_DP = 240f

        /** In modules. */
        const val MARGIN = 4
    }
}
