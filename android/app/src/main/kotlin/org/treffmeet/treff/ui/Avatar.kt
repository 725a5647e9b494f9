package org.treffmeet.treff.ui

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.view.View
import org.treffmeet.treff.R

/** Somebody without a picture: their initials in a circle of their colour. */
class Avatar(context: Context) : View(context) {
    private val disc = Paint(Paint.ANTI_ALIAS_FLAG)
    private val letters = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = context.colour(R.color.on_avatar)
        textAlign = Paint.Align.CENTER
        isFakeBoldText = true
    }
    private var initials = ""

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    fun show(initials: String, colour: Int) {
        this.initials = initials
        disc.color = context.colour(COLOURS[colour])
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        val side = minOf(width, height).toFloat()
        canvas.drawCircle(width / 2f, height / 2f, side / 2, disc)
        letters.textSize = side * LETTER_SHARE
        canvas.drawText(initials, width / 2f, height / 2f - (letters.ascent() + letters.descent()) / 2, letters)
    }

    private companion object {
        const val LETTER_SHARE = 0.4f
        val COLOURS = intArrayOf(
            R.color.avatar_0, R.color.avatar_1, R.color.avatar_2, R.color.avatar_3, R.color.avatar_4,
            R.color.avatar_5, R.color.avatar_6, R.color.avatar_7, R.color.avatar_8, R.color.avatar_9,
        )
    }
}
