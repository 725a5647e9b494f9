package org.treffmeet.treff.waiting

import android.content.Context
import android.view.View
import android.widget.ProgressBar
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.notice
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.words

class WaitingView(private val context: Context, private val presenter: WaitingPresenter) : ScreenView {
    override val view = Page(context, "", null)
    private val title = context.heading("", R.dimen.type_headline).apply { accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE }
    private val why = context.text("", colour = R.color.text_quiet)
    private val busy = ProgressBar(context).apply { importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO }
    private val password = Field(context, context.getString(R.string.password), Typing.PASSWORD)
    private val name = Field(context, context.getString(R.string.own_name), Typing.NAME)
    private val wrong = context.notice(tint = R.color.danger)
    private val go = context.button("", press = ::answer)
    private var last: WaitingState? = null

    init {
        view.add(title, R.dimen.space_vast)
        view.add(why, R.dimen.space_snug)
        view.addSmall(busy, R.dimen.space_wide)
        view.add(wrong)
        view.add(password)
        view.add(name)
        view.add(go)
        view.add(context.button(context.getString(R.string.leave), Weight.SECOND) { presenter.leave() }, R.dimen.space_snug)
        password.onGo(::answer)
        name.onGo(::answer)
    }

    private fun answer() {
        val asks = last?.asks ?: return
        presenter.answer(if (asks == Asks.PASSWORD) password.value else name.value)
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        if (state.name != last?.name && name.value.isEmpty()) name.value = state.name
        last = state
        view.title(state.meeting)
        title.say(state.title)
        why.say(state.why)
        wrong.say(if (state.wrong) words(R.string.password_wrong) else null)
        busy.shown = state.asks == Asks.NOTHING
        password.shown = state.asks == Asks.PASSWORD
        name.shown = state.asks == Asks.NAME || state.asks == Asks.NAME_TO_KNOCK
        go.shown = state.asks != Asks.NOTHING
        go.text = words(if (state.asks == Asks.NAME_TO_KNOCK) R.string.knock else R.string.enter).read(context)
    }
}
