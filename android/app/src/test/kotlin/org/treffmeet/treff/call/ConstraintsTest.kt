package org.treffmeet.treff.call

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Test
import org.treffmeet.treff.core.Layout

class ConstraintsTest {
    private fun want(source: String, height: Float) = Wanted(source, height, false)

    private fun heights(layout: Layout?) = (layout as Layout.Tiles).v1.map { it.source to it.height }

    @Test fun heightsBecomeSteps() {
        val table = mapOf(10f to 180, 180f to 180, 225f to 180, 226f to 360, 500f to 720, 901f to 1080, 9e9f to 2160)
        for ((height, expected) in table) assertEquals(listOf("ada-v0" to expected), heights(Constraints().update(0, listOf(want("ada-v0", height)))))
    }

    @Test fun moreGoesOutAtOnceAndLessAfterAWhile() {
        val constraints = Constraints()
        constraints.update(0, listOf(want("ada-v0", 180f)))
        assertEquals(listOf("ada-v0" to 720), heights(constraints.update(10, listOf(want("ada-v0", 700f)))))
        assertNull(constraints.update(20, listOf(want("ada-v0", 180f))))
        assertEquals(listOf("ada-v0" to 180), heights(constraints.update(1_520, listOf(want("ada-v0", 180f)))))
    }

    @Test fun whoLeavesTheScreenLingersAndComesBackAsIfNeverGone() {
        val constraints = Constraints()
        val both = listOf(want("ada-v0", 180f), want("ben-v0", 180f))
        constraints.update(0, both)
        assertNull(constraints.update(100, both.take(1)))
        assertNull(constraints.update(900, both))
        assertNull(constraints.update(1_000, both.take(1)))
        assertEquals(listOf("ada-v0" to 180), heights(constraints.update(2_500, both.take(1))))
    }

    @Test fun aSizeAtTheLimitDoesNotFlap() {
        val constraints = Constraints()
        constraints.update(0, listOf(want("ada-v0", 460f)))
        for (second in 1..20) assertNull(constraints.update(second * 5_000L, listOf(want("ada-v0", if (second % 2 == 0) 460f else 440f))))
    }

    @Test fun whatNobodySeesIsNotReceived() {
        val constraints = Constraints()
        constraints.update(0, listOf(want("ada-v0", 180f)))
        assertEquals(Layout.Nothing, constraints.update(0, null))
        assertNull(constraints.update(0, null))
        assertNotNull(constraints.update(0, listOf(want("ada-v0", 180f))))
    }
}
