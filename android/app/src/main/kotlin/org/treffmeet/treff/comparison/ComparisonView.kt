package org.treffmeet.treff.comparison

import android.content.Context
import android.view.View
import android.widget.CheckBox
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.MarkedRow
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.follow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.mark
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.say
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text

/** One card a topic with a row a server: so it fits a narrow phone at the largest type, and is read in order. */
class ComparisonView(private val context: Context, private val presenter: ComparisonPresenter) : ScreenView {
    override val view = Page(context, context.getString(R.string.compare), presenter::back)
    private val candidates = Card(context)
    private val marks = mutableMapOf<String, MarkedRow>()
    private val look = context.button("", Weight.SECOND) { presenter.look() }
    private val lines = context.column()
    private var last: ComparisonState? = null

    init {
        view.add(context.text(context.getString(R.string.compare_why), colour = R.color.text_quiet), R.dimen.space_tight)
        view.add(candidates)
        view.add(look)
        view.add(lines, R.dimen.space_tight)
    }

    override fun show() {
        val state = presenter.state()
        if (state != last) follow(state)
        last = state
        // Also when nothing changed: a fifth tick is taken back.
        state.candidates.forEach { marks[it.address]?.on = it.chosen }
    }

    private fun follow(state: ComparisonState) {
        candidates.follow(state.candidates.map { it.address to it.name }) { (address, name) ->
            MarkedRow(context, name, address.takeIf { it != name }, null, CheckBox(context)) { presenter.choose(address, it) }.also { marks[address] = it }
        }
        look.say(state.look)
        look.isEnabled = state.ready
        lines.follow(state.lines, ::line)
    }

    private fun line(line: ComparedLine): View = context.column {
        below(context.heading(line.topic.read(context)), context.size(R.dimen.space_wide))
        below(Card(context), context.size(R.dimen.space_snug)).follow(line.cells) { cell ->
            val (icon, tint) = cell.tone.mark
            Row(context, cell.server, cell.found.joinToString("\n") { it.read(context) }, icon, tint)
        }
    }
}
