package org.treffmeet.treff.camera

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import org.treffmeet.treff.core.DeviceProblem

/** When a camera captures. The core's cameras are numbers. */
class KeeperTest {
    private val front = Facts("front", true, 270, Extent(1280, 720))
    private val back = Facts("back", false, 90, Extent(1280, 720))
    private val done = mutableListOf<String>()
    private var told: Lens.Told? = null
    private val lens = object : Lens {
        override fun open(camera: Facts, told: Lens.Told) {
            done += "open ${camera.id}"
            this@KeeperTest.told = told
        }

        override fun close() {
            done += "close"
        }
    }
    private val keeper = Keeper(listOf(front, back), lens) { handle, problem -> done += "$handle ended: $problem" }

    private fun done() = done.toList().also { done.clear() }

    @Test fun nothingIsCapturedForNobody() {
        keeper.open(1u, "front")
        assertEquals(emptyList<String>(), done())
        keeper.watch(1u, true)
        assertEquals(listOf("open front"), done())
        keeper.watch(1u, false)
        assertEquals(listOf("close"), done())
        assertNull(keeper.capturing)
    }

    @Test fun theOwnPictureIsReasonEnough() {
        keeper.mirrors = 1
        assertEquals(emptyList<String>(), done())
        keeper.open(1u, "front")
        keeper.watch(1u, true)
        keeper.watch(1u, false)
        assertEquals(listOf("open front"), done())
        keeper.mirrors = 0
        assertEquals(listOf("close"), done())
    }

    @Test fun theOtherCameraOpensWhenTheFirstIsClosed() {
        keeper.mirrors = 1
        keeper.open(1u, "front")
        // The core opens the next one before it closes the last.
        keeper.open(2u, "back")
        keeper.close(1u)
        assertEquals(listOf("open front", "close"), done())
        told?.closed()
        assertEquals(listOf("open back"), done())
        assertEquals(2uL to back, keeper.capturing)
    }

    @Test fun aCameraThatIsWantedAgainWhileItClosesOpensAgain() {
        keeper.open(1u, "front")
        keeper.watch(1u, true)
        keeper.watch(1u, false)
        keeper.watch(1u, true)
        assertEquals(listOf("open front", "close"), done())
        told?.closed()
        assertEquals(listOf("open front"), done())
    }

    @Test fun aCameraThatAnotherAppTakesIsToldOnceAndNotFoughtFor() {
        keeper.open(1u, "front")
        keeper.watch(1u, true)
        val first = told
        first?.failed(DeviceProblem.BUSY)
        first?.failed(DeviceProblem.FAILED)
        first?.closed()
        assertEquals(listOf("open front", "1 ended: BUSY"), done())
        keeper.watch(1u, true)
        assertEquals(emptyList<String>(), done())
        keeper.open(2u, "front")
        keeper.watch(2u, true)
        assertEquals(listOf("open front"), done())
        first?.closed()
        assertEquals("what an earlier one says is of no interest", 2uL to front, keeper.capturing)
    }

    @Test fun graphicsThatBreakEndTheCamera() {
        keeper.open(1u, "back")
        keeper.watch(1u, true)
        keeper.broke()
        keeper.broke()
        assertEquals(listOf("open back", "1 ended: FAILED", "close"), done())
    }

    @Test fun aCameraThatIsGoneIsSaidToBeMissing() {
        keeper.open(1u, "usb")
        assertEquals(listOf("1 ended: MISSING"), done())
    }
}
