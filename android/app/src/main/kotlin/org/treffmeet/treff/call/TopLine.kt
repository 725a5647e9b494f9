package org.treffmeet.treff.call

import android.content.Context
import android.view.Gravity
import android.widget.LinearLayout
import org.treffmeet.treff.R
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.icon
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text

/** The line above the pictures: which meeting, how long, what to know. */
class TopLine(context: Context) : LinearLayout(context) {
    private val meeting = context.text("", semibold = true).apply {
        maxLines = 1
        ellipsize = android.text.TextUtils.TruncateAt.END
    }
    private val recording = mark(R.drawable.ic_record, R.color.danger).apply {
        text = context.getString(R.string.rec)
        contentDescription = context.getString(R.string.recorded)
    }
    private val quality = mark(R.drawable.ic_signal_poor, R.color.warning)
    private val time = context.text("", R.dimen.type_small, R.color.text_quiet)

    init {
        gravity = Gravity.CENTER_VERTICAL
        minimumHeight = context.dp(HEIGHT_DP)
        val side = context.size(R.dimen.space_snug)
        setPadding(side, 0, side, 0)
        after(meeting, width = 0, weight = 1f)
        for (view in listOf(recording, quality, time)) after(view, start = side)
    }

    private fun mark(icon: Int, tint: Int) = context.text("", R.dimen.type_small).apply {
        val side = context.dp(MARK_DP)
        setCompoundDrawablesRelative(context.icon(icon, context.colour(tint)).apply { setBounds(0, 0, side, side) }, null, null, null)
        compoundDrawablePadding = context.size(R.dimen.space_hair)
    }

    fun show(state: CallState) {
        if (meeting.text != state.meeting) meeting.text = state.meeting
        recording.shown = state.recording
        quality.shown = state.quality != null
        state.quality?.let {
            val words = it.read(context)
            // Where there is no room for the words, the mark stands alone; a screen reader says them.
            quality.text = if (resources.configuration.screenWidthDp < ROOM_DP * resources.configuration.fontScale) "" else words
            quality.contentDescription = words
        }
        val now = state.time.read(context)
        if (time.text.toString() != now) {
            time.text = now
            time.contentDescription = context.getString(R.string.for_long, now)
        }
    }

    private companion object {
        const val HEIGHT_DP = 44f
        const val MARK_DP = 18f
        const val ROOM_DP = 420
    }
}
