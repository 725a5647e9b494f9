package org.treffmeet.treff.share

import org.junit.Assert.assertEquals
import org.junit.Test
import org.treffmeet.treff.camera.Extent

class FitTest {
    private fun fit(across: Int, upright: Int) = Fit.size(Extent(across, upright)).run { width to height }

    @Test fun aScreenIsCapturedAsItIsOrSmallerInTheSameShape() {
        assertEquals(720 to 1280, fit(720, 1280))
        assertEquals(864 to 1920, fit(1080, 2400))
        assertEquals(1920 to 864, fit(2400, 1080))
        assertEquals(864 to 1920, fit(1440, 3200))
        assertEquals("a tablet", 1728 to 1072, fit(2560, 1600))
    }

    @Test fun sidesAreWholeBlocks() {
        assertEquals(880 to 1920, fit(1080, 2340))
        assertEquals("a single app in a corner", 416 to 496, fit(423, 511))
    }

    @Test fun whatIsNotThereYetHasASizeAllTheSame() {
        assertEquals(16 to 16, fit(0, 0))
        assertEquals(16 to 1920, fit(1, 4000))
    }
}
