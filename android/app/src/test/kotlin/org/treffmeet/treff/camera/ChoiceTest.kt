package org.treffmeet.treff.camera

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

class ChoiceTest {
    @Test fun whatTheLargestEncodingHasIsCaptured() {
        assertEquals(Extent(1280, 720), Choice.size(listOf(Extent(4000, 3000), Extent(1920, 1080), Extent(1280, 720), Extent(640, 480))))
    }

    @Test fun otherwiseTheLargestBelowAndTheShapeOfAScreen() {
        assertEquals(Extent(960, 540), Choice.size(listOf(Extent(1920, 1080), Extent(960, 540), Extent(720, 720), Extent(640, 480))))
        assertEquals(Extent(1600, 1200), Choice.size(listOf(Extent(4000, 3000), Extent(1600, 1200))))
        assertNull(Choice.size(emptyList()))
    }

    @Test fun inTheDarkACameraMayTakeItsTime() {
        assertEquals(15 to 30, Choice.pace(listOf(15 to 15, 15 to 30, 24 to 30, 30 to 30, 60 to 60)))
        assertEquals(7 to 30, Choice.pace(listOf(5 to 30, 7 to 30, 30 to 30)))
        assertEquals(24 to 24, Choice.pace(listOf(24 to 24, 60 to 60)))
        assertEquals(5 to 30, Choice.pace(listOf(1 to 30, 5 to 30)))
        assertNull(Choice.pace(emptyList()))
    }

    @Test fun oneCameraForEachDirection() {
        fun camera(id: String, front: Boolean) = Facts(id, front, 90, Extent(1280, 720))
        val all = listOf(camera("0", false), camera("1", true), camera("2", false), camera("3", true))
        assertEquals(listOf("1", "0"), Choice.cameras(all).map { it.id })
        assertEquals(listOf("0"), Choice.cameras(all.take(1)).map { it.id })
    }
}
