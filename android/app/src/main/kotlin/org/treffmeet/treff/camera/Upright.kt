package org.treffmeet.treff.camera

/** Width and height in pixels. */
data class Extent(val width: Int, val height: Int)

/** What never changes of a camera. */
data class Facts(
    /** As the system calls it. */
    val id: String,
    /** It looks at who holds the phone. */
    val front: Boolean,
    /** By how many degrees its sensor is turned against the phone held naturally. */
    val turned: Int,
    /** The size of what it captures, as the sensor lies. */
    val size: Extent,
)

/**
 * How a camera's picture is brought upright, and into shapes that are not its own. A camera's texture comes with a matrix
 * that shows it as on a phone that is held naturally, and mirrored if it looks at the person; what the screen is turned
 * by, who sees it and what must be cut off are added here. Corners of a picture are 0 to 1, from its lower left.
 */
object Upright {
    /** The size of the picture when the screen is turned by [quarters] of a turn. */
    fun size(camera: Facts, quarters: Int): Extent {
        val across = (camera.turned / 90 + quarters) % 2 != 0
        return if (across) Extent(camera.size.height, camera.size.width) else camera.size
    }

    /**
     * Leads from a corner of what is drawn to the place in the texture, for [android.opengl.GLES20]: four columns of four.
     * The picture fills [target]; what is over is cut off evenly. [flip]ped, left is right.
     */
    fun place(texture: FloatArray, picture: Extent, target: Extent, quarters: Int, flip: Boolean): FloatArray {
        val ratio = target.width.toFloat() * picture.height / (target.height.toFloat() * picture.width)
        val x = minOf(ratio, 1f) * if (flip) -1 else 1
        val y = minOf(1 / ratio, 1f)
        // What is up on a turned screen is at the phone's right, bottom or left edge.
        val turn = when (quarters % 4) {
            1 -> floatArrayOf(0f, -x, y, 0f)
            2 -> floatArrayOf(-x, 0f, 0f, -y)
            3 -> floatArrayOf(0f, x, -y, 0f)
            else -> floatArrayOf(x, 0f, 0f, y)
        }
        return times(texture, aroundTheMiddle(turn))
    }

    /** [turn] is two columns of two. */
    private fun aroundTheMiddle(turn: FloatArray) = FloatArray(16).also {
        it[0] = turn[0]
        it[1] = turn[1]
        it[4] = turn[2]
        it[5] = turn[3]
        it[10] = 1f
        it[12] = (1 - turn[0] - turn[2]) / 2
        it[13] = (1 - turn[1] - turn[3]) / 2
        it[15] = 1f
    }

    private fun times(left: FloatArray, right: FloatArray) = FloatArray(16) { at ->
        (0..3).fold(0f) { sum, k -> sum + left[k * 4 + at % 4] * right[at / 4 * 4 + k] }
    }
}
