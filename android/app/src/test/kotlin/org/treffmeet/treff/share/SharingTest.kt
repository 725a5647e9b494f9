package org.treffmeet.treff.share

import android.app.Activity
import android.content.Intent
import org.junit.Assert.assertEquals
import org.junit.Test
import org.treffmeet.treff.camera.Extent
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.testing.FakeProjector

/** The way to a shared screen and back. The core's screens are numbers. */
class SharingTest {
    private val done = mutableListOf<String>()
    private val projector = FakeProjector(done)
    private val sharing = Sharing(projector, object : Audience {
        override fun resized(handle: ULong, size: Extent) { done += "$handle shows ${size.width} × ${size.height}" }
        override fun ended(handle: ULong, problem: DeviceProblem) { done += "$handle ended: $problem" }
    }).apply {
        announce = { done += if (it) "the service shows a screen" else "the service shows none" }
        asker = { done += "question $it"; true }
    }
    private val yes = Consent(Activity.RESULT_OK, Intent())

    private fun done() = done.toList().also { done.clear() }

    @Test fun adaIsAskedTheServiceSaysItAndOnlyThenTheScreenIsCaptured() {
        sharing.ask(1u)
        assertEquals(listOf("question 1"), done())
        sharing.answered(1, yes)
        assertEquals(listOf("the service shows a screen", "begin 1"), done())
        projector.told?.resized(Extent(864, 1920))
        sharing.watch(1u, true)
        assertEquals(listOf("1 shows 864 × 1920", "watch 1 true"), done())
        sharing.close(1u)
        assertEquals(listOf("end 1", "the service shows none"), done())
    }

    @Test fun whoSaysNoShowsNothing() {
        sharing.ask(1u)
        sharing.answered(1, null)
        sharing.close(1u)
        assertEquals(listOf("question 1", "1 ended: REFUSED"), done())
    }

    @Test fun anAnswerThatComesWhenTheCallIsOverOpensNothing() {
        sharing.ask(1u)
        sharing.close(1u)
        sharing.answered(1, yes)
        assertEquals(listOf("question 1"), done())
    }

    @Test fun anAnswerToTheLastQuestionIsNoneToThisOne() {
        sharing.ask(1u)
        sharing.close(1u)
        sharing.ask(2u)
        sharing.answered(1, yes)
        assertEquals(listOf("question 1", "question 2"), done())
        sharing.answered(2, yes)
        assertEquals(listOf("the service shows a screen", "begin 2"), done())
    }

    @Test fun anAnswerIsGoodForOneTime() {
        sharing.ask(1u)
        sharing.answered(1, yes)
        done()
        sharing.answered(1, yes)
        sharing.answered(1, null)
        assertEquals(emptyList<String>(), done())
    }

    @Test fun stoppedFromTheSystemsMarkItIsOverForAllOfThem() {
        sharing.ask(1u)
        sharing.answered(1, yes)
        done()
        projector.told?.ended(DeviceProblem.REFUSED)
        assertEquals(listOf("end 1", "the service shows none", "1 ended: REFUSED"), done())
        projector.told?.ended(DeviceProblem.FAILED)
        projector.told?.resized(Extent(1920, 864))
        sharing.close(1u)
        assertEquals("told once", emptyList<String>(), done())
    }

    @Test fun theNextScreenEndsTheOneBefore() {
        sharing.ask(1u)
        sharing.answered(1, yes)
        done()
        sharing.ask(2u)
        assertEquals(listOf("end 1", "the service shows none", "question 2"), done())
        sharing.close(1u)
        sharing.watch(1u, true)
        assertEquals("what the core says of the first is late", emptyList<String>(), done())
    }

    @Test fun withoutAWindowNobodyIsAskedAndWithoutTheSystemsQuestionThePhoneCannot() {
        sharing.asker = null
        sharing.ask(1u)
        sharing.asker = { false }
        sharing.ask(2u)
        assertEquals(listOf("1 ended: REFUSED", "2 ended: MISSING"), done())
    }
}
