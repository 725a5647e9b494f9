package org.treffmeet.treff.camera

/** What is asked of a camera: which size and how many pictures a second. */
object Choice {
    /** What the largest encoding has; more would only cost. */
    private val WANTED = Extent(1280, 720)
    private const val SHAPE = 16f / 9f

    /** The size to capture, of those that are offered: the wanted one, else the largest below it, else the smallest. */
    fun size(offered: List<Extent>): Extent? {
        val fits = offered.filter { it.width <= WANTED.width && it.height <= WANTED.height }
        return offered.find { it == WANTED }
            ?: fits.sortedWith(compareByDescending<Extent> { it.width * it.height }.thenBy { kotlin.math.abs(it.width.toFloat() / it.height - SHAPE) }).firstOrNull()
            ?: offered.minByOrNull { it.width * it.height }
    }

    /**
     * Pictures a second, from and to: up to 30, and as few as the camera likes in the dark, where it then exposes each
     * one longer.
     */
    fun pace(offered: List<Pair<Int, Int>>): Pair<Int, Int>? {
        val upTo = offered.map { it.second }
        val most = upTo.filter { it <= MOST }.maxOrNull() ?: upTo.minOrNull()
        val usable = offered.filter { it.second == most }
        return usable.filter { it.first >= LEAST }.minByOrNull { it.first } ?: usable.maxByOrNull { it.first }
    }

    /** The first that looks at the person and the first that looks away, in this order; others if there is neither. */
    fun cameras(all: List<Facts>): List<Facts> {
        val two = listOfNotNull(all.find { it.front }, all.find { !it.front })
        return two.ifEmpty { all.take(1) }
    }

    private const val MOST = 30

    /** Below this, faces stumble. */
    private const val LEAST = 7
}
