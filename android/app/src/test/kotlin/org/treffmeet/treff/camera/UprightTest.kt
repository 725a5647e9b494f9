package org.treffmeet.treff.camera

import org.junit.Assert.assertEquals
import org.junit.Test

/** How pictures come upright. Places are told as where they lie on a phone that is held naturally. */
class UprightTest {
    private val back = Facts("0", front = false, turned = 90, size = Extent(1280, 720))
    private val asItIs = FloatArray(16).also { m -> for (i in 0..3) m[i * 5] = 1f }
    private val upright = Extent(720, 1280)

    /** Where a corner of what is drawn comes from. */
    private fun at(matrix: FloatArray, x: Float, y: Float): Pair<Float, Float> =
        (matrix[0] * x + matrix[4] * y + matrix[12]) to (matrix[1] * x + matrix[5] * y + matrix[13])

    private fun place(quarters: Int = 0, flip: Boolean = false, target: Extent = upright, picture: Extent = upright) = Upright.place(asItIs, picture, target, quarters, flip)

    private fun assertAt(expected: Pair<Float, Float>, found: Pair<Float, Float>) {
        assertEquals(expected.first, found.first, 0.001f)
        assertEquals(expected.second, found.second, 0.001f)
    }

    @Test fun aSensorThatLiesAcrossGivesUprightPicturesOnAnUprightPhone() {
        assertEquals(Extent(720, 1280), Upright.size(back, 0))
        assertEquals(Extent(1280, 720), Upright.size(back, 1))
        assertEquals(Extent(720, 1280), Upright.size(back, 2))
        // A tablet whose sensor lies as its screen does.
        val tablet = back.copy(turned = 0)
        assertEquals(Extent(1280, 720), Upright.size(tablet, 0))
        assertEquals(Extent(720, 1280), Upright.size(tablet, 3))
    }

    @Test fun heldNaturallyThePictureIsDrawnAsItComes() {
        assertAt(0.25f to 0.75f, at(place(), 0.25f, 0.75f))
    }

    @Test fun onATurnedPhoneUpIsAtItsSide() {
        // Turned to the left, the phone's right edge is up; turned to the right, its left edge; upside down, its lower edge.
        assertAt(1f to 0.5f, at(place(quarters = 1), 0.5f, 1f))
        assertAt(0.5f to 0f, at(place(quarters = 1), 1f, 0.5f))
        assertAt(0f to 0.5f, at(place(quarters = 3), 0.5f, 1f))
        assertAt(0.5f to 1f, at(place(quarters = 3), 1f, 0.5f))
        assertAt(0.25f to 0f, at(place(quarters = 2), 0.75f, 1f))
    }

    @Test fun flippedLeftIsRightAndUpStaysUpHoweverThePhoneIsHeld() {
        assertAt(0.75f to 0.25f, at(place(flip = true), 0.25f, 0.25f))
        assertAt(1f to 0.5f, at(place(quarters = 1, flip = true), 0.5f, 1f))
        assertAt(0.5f to 1f, at(place(quarters = 1, flip = true), 1f, 0.5f))
    }

    @Test fun anotherShapeIsFilledAndWhatIsOverIsCutOffEvenly() {
        // A square of an upright picture: the middle of its height.
        val square = place(target = Extent(300, 300))
        assertAt(0f to 0.21875f, at(square, 0f, 0f))
        assertAt(1f to 0.78125f, at(square, 1f, 1f))
        // A narrow tile of a picture across: the middle of its width.
        val narrow = place(target = Extent(90, 160), picture = Extent(1280, 720))
        assertAt(0.5f - 0.3164f / 2 to 0f, at(narrow, 0f, 0f))
        // An encoder's 352 instead of 360: a sliver on each side.
        val encoder = place(target = Extent(352, 640))
        assertEquals(0.011f, at(encoder, 0f, 0f).first, 0.001f)
    }

    @Test fun theTexturesOwnMatrixComesLast() {
        // As for a front camera: mirrored, and turned a quarter.
        val texture = FloatArray(16).also {
            it[1] = -1f
            it[4] = -1f
            it[10] = 1f
            it[12] = 1f
            it[13] = 1f
            it[15] = 1f
        }
        val corner = at(place(quarters = 1), 0.2f, 0.9f)
        val expected = (1 - corner.second) to (1 - corner.first)
        assertAt(expected, at(Upright.place(texture, upright, upright, 1, false), 0.2f, 0.9f))
    }
}
