package org.treffmeet.treff.call

import org.treffmeet.treff.R
import org.treffmeet.treff.ui.Words
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.words

/**
 * What a screen reader is told while the call goes on: one thing after another, and arrivals together when many come at
 * once. Times in milliseconds.
 */
class News {
    private class Item(val due: Long, val name: Words, val joined: Boolean?, val text: Words?, var others: Int = 0)

    private val waiting = ArrayDeque<Item>()
    private var told: Long? = null

    fun joined(now: Long, name: Words) = bundle(now, name, joined = true)

    fun left(now: Long, name: Words) = bundle(now, name, joined = false)

    fun say(now: Long, text: Words) = add(Item(now, text, null, text))

    private fun bundle(now: Long, name: Words, joined: Boolean) {
        val before = waiting.find { it.joined == joined }
        if (before != null) before.others++ else add(Item(now + TOGETHER_MS, name, joined, null))
    }

    private fun add(item: Item) {
        waiting += item
        while (waiting.size > MOST) waiting.removeFirst()
    }

    /** The next to be told, if it is time. */
    fun next(now: Long): Words? {
        if (told.let { it != null && now - it < APART_MS }) return null
        val item = waiting.firstOrNull { it.due <= now } ?: return null
        waiting -= item
        told = now
        val (one, many) = if (item.joined == true) R.string.is_here to R.plurals.are_here else R.string.has_left to R.plurals.have_left
        return item.text ?: if (item.others == 0) words(one, item.name) else counted(many, item.others, item.name)
    }

    private companion object {
        /** Arrivals within this are told together. */
        const val TOGETHER_MS = 1_200L

        /** Time to say one thing before the next. */
        const val APART_MS = 1_500L

        /** More than this is not worth hearing late. */
        const val MOST = 6
    }
}
