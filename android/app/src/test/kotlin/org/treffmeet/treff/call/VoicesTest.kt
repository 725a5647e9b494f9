package org.treffmeet.treff.call

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.SpeakerLevel
import org.treffmeet.treff.ui.counted
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

/** Who is heard, and what a screen reader is told. */
class VoicesTest {
    @Test fun aRingStaysBetweenWordsAndGoesInSilence() {
        val speaking = Speaking()
        speaking.hear(0, 0.3f, listOf(SpeakerLevel("ben", 0.4f), SpeakerLevel("cleo", 0.05f)), muted = false)
        assertTrue(speaking.speaks(600, "ben") && speaking.iSpeak(600))
        assertFalse(speaking.speaks(100, "cleo"))
        assertFalse(speaking.speaks(750, "ben") || speaking.iSpeak(750))
    }

    @Test fun speakingWhileMutedIsToldOnceAndACoughIsNotSpeech() {
        val speaking = Speaking()
        val told = (0..399).filter { speaking.hear(it * 100L, 0.5f, emptyList(), muted = true) }
        assertEquals(listOf(6, 306), told)
        val coughing = Speaking()
        assertFalse((0..99).any { coughing.hear(it * 100L, if (it % 10 < 2) 0.9f else 0f, emptyList(), muted = true) })
    }

    @Test fun arrivalsAreToldTogetherAndOneThingAfterAnother() {
        val news = News()
        for (name in listOf("Ada", "Ben", "Cleo")) news.joined(0, said(name))
        news.say(0, said("Hallo"))
        assertEquals(said("Hallo"), news.next(0))
        assertNull(news.next(1_200))
        assertEquals(counted(R.plurals.are_here, 2, "Ada"), news.next(1_500))
        news.left(2_000, said("Ben"))
        assertEquals(words(R.string.has_left, "Ben"), news.next(9_000))
    }

    @Test fun aFloodIsNotToldForMinutes() {
        val news = News()
        repeat(50) { news.say(0, said("$it")) }
        assertEquals(6, (0L..100L).count { news.next(it * 1_500) != null })
    }
}
