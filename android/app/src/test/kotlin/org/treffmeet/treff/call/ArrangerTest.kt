package org.treffmeet.treff.call

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

class ArrangerTest {
    private val upright = Size(344f, 620f)
    private val across = Size(760f, 300f)

    private fun people(count: Int, sharing: Int? = null) = (1..count).map { Seen("p$it", it == sharing) }

    private fun scene(people: List<Seen>, area: Size = upright, dominant: String? = null, recent: List<String> = emptyList(), pinned: Subject? = null, selfView: Boolean = true) =
        Scene(people, selfView, dominant, recent, pinned, area, 1f)

    private fun Arrangement.subjects() = tiles.map { it.subject }

    private fun fits(arrangement: Arrangement, area: Size) {
        val boxes = arrangement.tiles.filter { it.stand != Stand.FLOATING }.map { it.box } + listOfNotNull(arrangement.more)
        for (box in boxes) {
            assertTrue("$box in $area", box.x >= 0 && box.y >= 0 && box.x + box.width <= area.width + 1 && box.y + box.height <= area.height + 1)
        }
        for ((index, one) in boxes.withIndex()) for (two in boxes.drop(index + 1)) {
            val apart = one.x + one.width <= two.x || two.x + two.width <= one.x || one.y + one.height <= two.y || two.y + two.height <= one.y
            assertTrue("$one and $two", apart)
        }
    }

    @Test fun alonePeopleSeeThemselves() {
        assertEquals(listOf(Subject.Me), Arranger().arrange(scene(emptyList())).subjects())
        assertTrue(Arranger().arrange(scene(emptyList(), selfView = false)).tiles.isEmpty())
    }

    @Test fun ofTwoTheOtherIsLargeAndOneselfSmall() {
        val tiles = Arranger().arrange(scene(people(1))).tiles
        assertEquals(listOf(Stand.STAGE, Stand.FLOATING), tiles.map { it.stand })
        assertEquals(Box(0f, 0f, 344f, 620f), tiles[0].box)
    }

    @Test fun threeToNineAreEven() {
        for (count in 2..7) {
            val arrangement = Arranger().arrange(scene(people(count)))
            assertEquals(count + 1, arrangement.tiles.size)
            assertTrue(arrangement.tiles.all { it.stand == Stand.GRID })
            fits(arrangement, upright)
        }
    }

    @Test fun ofManyTheSpeakersAreSeenAndNobodyElseMoves() {
        val arranger = Arranger()
        val crowd = people(50)
        val before = arranger.arrange(scene(crowd))
        fits(before, upright)
        assertEquals(50, before.hidden + before.tiles.count { it.subject is Subject.Person })
        val after = arranger.arrange(scene(crowd, dominant = "p40", recent = listOf("p40")))
        assertTrue(Subject.Person("p40") in after.subjects())
        val moved = before.subjects().zip(after.subjects()).count { (one, two) -> one != two }
        assertEquals(1, moved)
        assertEquals(after.subjects(), arranger.arrange(scene(crowd, dominant = "p2", recent = listOf("p2", "p40"))).subjects())
    }

    @Test fun aSharedScreenTakesTheStageAndGivesItBack() {
        val arranger = Arranger()
        for (area in listOf(upright, across)) {
            val shared = arranger.arrange(scene(people(4, sharing = 2), area))
            assertEquals(Subject.Shared("p2"), shared.tiles.first().subject)
            assertEquals(Stand.STAGE, shared.tiles.first().stand)
            fits(shared, area)
        }
        assertTrue(arranger.arrange(scene(people(4))).tiles.all { it.stand == Stand.GRID })
    }

    @Test fun whoIsKeptLargeStaysSoUntilGone() {
        val arranger = Arranger()
        val kept = Subject.Person("p3")
        assertEquals(kept, arranger.arrange(scene(people(5), pinned = kept)).subjects().first())
        assertTrue(arranger.arrange(scene(people(2), pinned = kept)).tiles.all { it.stand == Stand.GRID })
    }

    @Test fun howeverSmallSomebodyIsSeen() {
        val arrangement = Arranger().arrange(scene(people(5), Size(120f, 150f), selfView = false))
        assertEquals(listOf(Subject.Person("p1")), arrangement.subjects())
        assertEquals(4, arrangement.hidden)
    }

    @Test fun whereThereIsNoRoomThereIsNothing() {
        val arrangement = Arranger().arrange(scene(people(3), Size(10f, 10f)))
        assertTrue(arrangement.tiles.isEmpty())
        assertEquals(3, arrangement.hidden)
        assertNull(arrangement.more)
    }
}
