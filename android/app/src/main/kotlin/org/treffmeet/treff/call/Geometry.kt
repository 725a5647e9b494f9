package org.treffmeet.treff.call

import kotlin.math.floor
import kotlin.math.max
import kotlin.math.min

/** Rectangles, and how to cut an area into even ones. In dp throughout; the same cuts as in the Linux app. */
data class Size(val width: Float, val height: Float)

data class Box(val x: Float, val y: Float, val width: Float, val height: Float)

/** Space between tiles. */
const val GAP = 8f

/** Tiles are neither narrower than 3:4 nor wider than 16:9: faces fit into both. */
private const val NARROWEST = 0.75f
private const val WIDEST = 16f / 9f

/** The smallest even tile that still holds a face and a name, on a phone and on a tablet. */
private val SMALLEST_NARROW = Size(136f, 100f)
private val SMALLEST_WIDE = Size(176f, 112f)
private const val WIDE_FROM = 720f

/** Even cells in rows; the last row stands in the middle if [centred], else at its start. */
class Grid(private val x: Float, private val y: Float, val cell: Size, private val columns: Int, private val count: Int, private val centred: Boolean) {
    fun cell(index: Int): Box {
        val row = index / columns
        val column = index % columns
        val inRow = min(count - min(row * columns, count), columns)
        val missing = if (centred) columns - inRow else 0
        return Box(x + (column + missing / 2f) * (cell.width + GAP), y + row * (cell.height + GAP), cell.width, cell.height)
    }

    fun moved(byX: Float, toY: Float) = Grid(x + byX, toY, cell, columns, count, centred)
}

/** The cell when [area] is cut into so many columns and rows, brought to a shape that suits a face. */
private fun cellOf(area: Size, columns: Int, rows: Int): Size {
    val width = max((area.width - GAP * (columns - 1)) / columns, 1f)
    val height = max((area.height - GAP * (rows - 1)) / rows, 1f)
    return Size(min(width, height * WIDEST), min(height, width / NARROWEST))
}

private fun gridOf(area: Size, columns: Int, count: Int): Grid {
    val rows = (count + columns - 1) / columns
    val cell = cellOf(area, columns, rows)
    val x = max((area.width - ((cell.width + GAP) * columns - GAP)) / 2, 0f)
    val y = max((area.height - ((cell.height + GAP) * rows - GAP)) / 2, 0f)
    return Grid(x, y, cell, columns, count, centred = true)
}

/** The grid for [count] tiles whose cells are largest. */
fun bestGrid(area: Size, count: Int): Grid {
    val tiles = max(count, 1)
    var best = 0f
    var columns = 1
    for (candidate in 1..tiles) {
        val cell = cellOf(area, candidate, (tiles + candidate - 1) / candidate)
        // A little more is no reason for another arrangement.
        if (cell.width * cell.height > best * 1.02f) {
            columns = candidate
            best = cell.width * cell.height
        }
    }
    return gridOf(area, columns, tiles)
}

/** How many even tiles fit before they get too small, [most] at most and one at least. */
fun capacity(area: Size, typeScale: Float, most: Int): Int {
    val smallest = if (area.width >= WIDE_FROM) SMALLEST_WIDE else SMALLEST_NARROW
    // Names grow with the type, but faces do not.
    val scale = 1 + max(typeScale - 1, 0f) * 0.25f
    return (most downTo 1).firstOrNull { count ->
        val cell = bestGrid(area, count).cell
        cell.width >= smallest.width * scale && cell.height >= smallest.height * scale
    } ?: 1
}

/** An area cut into a stage and a strip of small tiles beside or below it. */
class Split(val stage: Box, val capacity: Int, val strip: (Int) -> Grid)

/** Cuts [area] for a stage with [others] small tiles; below a shared screen there is room for more of them. */
fun split(area: Size, screen: Boolean, others: Int, typeScale: Float): Split =
    if (area.width > area.height * 1.1f) beside(area, others) else below(area, screen, others, typeScale)

private fun beside(area: Size, others: Int): Split {
    val width = min((area.width * 0.175f).coerceIn(112f, 240f), area.width / 3)
    fun fits(height: Float) = max(floor((area.height + GAP) / (height + GAP)), 1f)
    // Flatter tiles where that lets one more be seen.
    val tall = width * 0.69f
    val cell = Size(width, min(if (others > fits(tall)) width / WIDEST else tall, area.height))
    val x = area.width - width
    return Split(Box(0f, 0f, x - GAP, area.height), fits(cell.height).toInt()) { count ->
        Grid(x, 0f, cell, 1, max(count, 1), centred = false)
    }
}

private fun below(area: Size, screen: Boolean, others: Int, typeScale: Float): Split {
    // A share rarely fills an upright screen: the room below it goes to faces.
    val rows = if (screen && others > 2) 2 else 1
    val columns = if (screen || typeScale > 1.5f) 2 else 3
    val cellWidth = (area.width - GAP * (columns - 1)) / columns
    val wished = max(cellWidth * 0.8f, SMALLEST_NARROW.height) * rows + GAP * (rows - 1)
    val height = min(wished, area.height * 0.5f)
    val y = area.height - height
    return Split(Box(0f, 0f, area.width, max(y - GAP, 1f)), columns * rows) { count ->
        val cells = max(count, 1)
        gridOf(Size(area.width, height), min(columns, cells), cells).moved(0f, y)
    }
}

/** The own tile over the stage, upright on upright screens. */
fun floating(area: Size): Box {
    val margin = 12f
    val size = if (area.width > area.height) {
        val width = min((area.width * 0.2f).coerceIn(120f, 280f), area.width / 2)
        Size(width, width * 9 / 16)
    } else {
        val width = min((area.width * 0.27f).coerceIn(72f, 200f), area.width / 2)
        Size(width, width * 1.4f)
    }
    return Box(max(area.width - size.width - margin, 0f), margin, size.width, min(size.height, area.height))
}
