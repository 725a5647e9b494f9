package org.treffmeet.treff.licences

import android.content.Context
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.text

class LicencesView(private val context: Context, private val presenter: LicencesPresenter, window: Window) : ScreenView {
    override val view = Page(context, context.getString(R.string.about), presenter::back)
    private val parts = Card(context)

    init {
        view.add(context.text(context.getString(R.string.version, window.version)))
        view.add(context.text(context.getString(R.string.about_words), colour = R.color.text_quiet), R.dimen.space_tight)
        view.add(context.heading(context.getString(R.string.made_with)), R.dimen.space_wide)
        view.add(parts, R.dimen.space_snug)
    }

    override fun show() {
        if (parts.childCount > 0) return
        for (row in presenter.state().rows) {
            parts.below(Row(context, context.getString(R.string.licence_count, row.licence, row.count), row.parts))
        }
    }
}
