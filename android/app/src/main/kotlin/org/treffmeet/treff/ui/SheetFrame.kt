package org.treffmeet.treff.ui

import android.content.Context
import android.view.MotionEvent
import android.view.View
import android.widget.LinearLayout
import org.treffmeet.treff.R

/** A sheet over the call, or beside it when there is room: a title, a way to close it, and what is in it. */
class SheetFrame(context: Context, title: CharSequence, content: View, close: () -> Unit) : LinearLayout(context) {
    init {
        orientation = VERTICAL
        background = context.shape(R.color.surface, R.dimen.radius_card)
        accessibilityPaneTitle(title)
        val side = context.size(R.dimen.space_base)
        val head = context.row {
            setPadding(side, context.size(R.dimen.space_hair), context.size(R.dimen.space_hair), 0)
            after(context.heading(title), width = 0, weight = 1f)
            after(context.iconButton(R.drawable.ic_close, context.getString(R.string.close), press = close))
        }
        below(head)
        below(content, height = 0, weight = 1f)
    }

    /** A tap beside the controls is not meant for what lies below. */
    @android.annotation.SuppressLint("ClickableViewAccessibility")
    override fun onTouchEvent(event: MotionEvent): Boolean = true

    private fun accessibilityPaneTitle(title: CharSequence) {
        if (android.os.Build.VERSION.SDK_INT >= android.os.Build.VERSION_CODES.P) pane(title)
    }

    @org.treffmeet.treff.NewerPlatform
    private fun pane(title: CharSequence) {
        accessibilityPaneTitle = title
    }
}
