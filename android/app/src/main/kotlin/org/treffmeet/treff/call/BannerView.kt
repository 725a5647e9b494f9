package org.treffmeet.treff.call

import android.content.Context
import android.view.Gravity
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.iconButton
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text

/** The one sentence between pictures and controls, with what can be done about it. */
class BannerView(context: Context, private val presenter: CallPresenter, private val window: Window) : FrameLayout(context) {
    private var last: Banner? = null

    init {
        background = context.shape(R.color.surface, R.dimen.radius_card, R.color.outline_control)
        val side = context.size(R.dimen.space_snug)
        setPadding(side, side, side, side)
        shown = false
    }

    fun show(banner: Banner?) {
        if (banner == last) return
        last = banner
        removeAllViews()
        shown = banner != null
        if (banner == null) return
        accessibilityLiveRegion = if (banner.urgent) ACCESSIBILITY_LIVE_REGION_ASSERTIVE else ACCESSIBILITY_LIVE_REGION_POLITE
        val words = context.text(banner.text.read(context))
        addView(
            when (val action = banner.action) {
                null -> words
                is Banner.Action.Close -> beside(words, context.iconButton(R.drawable.ic_close, context.getString(R.string.close_notice)) { presenter.closeBanner() })
                is Banner.Action.SwitchOn -> beneath(words, context.button(context.getString(R.string.switch_on)) { window.setMicrophone(true) })
                is Banner.Action.TakeBack -> beneath(words, context.button(context.getString(R.string.take_back)) { window.takeBack() })
                is Banner.Action.StopShare -> beneath(words, context.button(context.getString(R.string.stop_sharing_short)) { presenter.share(false) })
                is Banner.Action.Admit -> admit(words, action)
            },
        )
    }

    private fun beside(words: android.view.View, button: android.view.View) = context.row {
        after(words, width = 0, weight = 1f)
        after(button, start = context.size(R.dimen.space_tight))
    }

    private fun beneath(words: android.view.View, vararg buttons: Button) = context.column {
        below(words)
        val row = context.row {
            gravity = Gravity.END
            for (button in buttons) {
                button.minHeight = context.size(R.dimen.size_target)
                button.minimumHeight = button.minHeight
                after(button, start = context.size(R.dimen.space_tight))
            }
        }
        below(row, context.size(R.dimen.space_tight))
    }

    private fun admit(words: android.view.View, action: Banner.Action.Admit): LinearLayout {
        val name = action.name.read(context)
        val refuse = context.button(context.getString(R.string.refuse), Weight.QUIET) { presenter.refuse(action.id) }
        val admit = context.button(context.getString(R.string.let_in)) { presenter.admit(action.id) }
        refuse.contentDescription = context.getString(R.string.refuse_one, name)
        admit.contentDescription = context.getString(R.string.let_in_one, name)
        return beneath(words, refuse, admit)
    }
}
