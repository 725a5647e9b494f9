package org.treffmeet.treff.call

/** What a tile shows. */
sealed interface Subject {
    data object Me : Subject

    /** Somebody, by endpoint id. */
    data class Person(val endpoint: String) : Subject

    /** Somebody's screen, by endpoint id. */
    data class Shared(val endpoint: String) : Subject
}

/** How a tile stands among the others. */
enum class Stand { STAGE, GRID, STRIP, FLOATING }

data class Placed(val subject: Subject, val box: Box, val stand: Stand)

/** All tiles in reading order; people without one; where "and N more" stands. */
data class Arrangement(val tiles: List<Placed>, val hidden: Int = 0, val more: Box? = null)

/** Somebody else, in the order they came. */
data class Seen(val endpoint: String, val sharesScreen: Boolean)

/** Everything the arrangement depends on. [recent] is who spoke, the last first. */
data class Scene(
    val people: List<Seen>,
    val selfView: Boolean,
    val dominant: String?,
    val recent: List<String>,
    val pinned: Subject?,
    val area: Size,
    val typeScale: Float,
)

/**
 * Where each picture of a call stands: in, who is there, who speaks, what is shared and kept large; out, boxes. It
 * remembers who stood where, so that nobody jumps when somebody speaks.
 */
class Arranger {
    private val seats = Seats()
    private var sharers = listOf<String>()

    fun arrange(scene: Scene): Arrangement {
        if (scene.area.width < SMALLEST || scene.area.height < SMALLEST) return Arrangement(emptyList(), scene.people.size)
        val sharing = scene.people.filter { it.sharesScreen }.map { it.endpoint }
        sharers = sharers.filter { it in sharing } + sharing.filter { it !in sharers }
        val stage = stage(scene) ?: return even(scene)
        return staged(scene, stage)
    }

    /** What is large: what is kept so, else the newest shared screen, else the only other. */
    private fun stage(scene: Scene): Subject? {
        val kept = scene.pinned?.takeIf { there(scene, it) }
        return when {
            kept != null -> kept
            sharers.isNotEmpty() -> Subject.Shared(sharers.last())
            scene.people.isEmpty() -> Subject.Me.takeIf { scene.selfView }
            scene.people.size == 1 -> Subject.Person(scene.people.single().endpoint)
            else -> null
        }
    }

    private fun there(scene: Scene, subject: Subject) = when (subject) {
        is Subject.Me -> scene.selfView
        is Subject.Person -> scene.people.any { it.endpoint == subject.endpoint }
        is Subject.Shared -> subject.endpoint in sharers
    }

    /** Even tiles; when not all fit, those who spoke last. */
    private fun even(scene: Scene): Arrangement {
        val shares = Shares.of(0, scene.people.size, scene.selfView, capacity(scene.area, scene.typeScale, MOST).coerceAtLeast(LEAST))
        val subjects = seated(scene, scene.people.map { it.endpoint }, shares.people) + listOfNotNull(Subject.Me.takeIf { shares.me })
        return fill(subjects, bestGrid(scene.area, subjects.size + if (shares.hidden > 0) 1 else 0), Stand.GRID, shares.hidden)
    }

    /** One large, the others beside or below. */
    private fun staged(scene: Scene, stage: Subject): Arrangement {
        val people = scene.people.map { it.endpoint }.filter { Subject.Person(it) != stage }
        val screens = sharers.map(Subject::Shared).filter { it != stage }
        val me = scene.selfView && stage != Subject.Me
        if (people.isEmpty() && screens.isEmpty()) {
            val large = Placed(stage, Box(0f, 0f, scene.area.width, scene.area.height), Stand.STAGE)
            val small = Placed(Subject.Me, floating(scene.area), Stand.FLOATING).takeIf { me }
            return Arrangement(listOfNotNull(large, small))
        }
        val others = people.size + screens.size + if (me) 1 else 0
        val split = split(scene.area, stage is Subject.Shared, others, scene.typeScale)
        val shares = Shares.of(screens.size, people.size, me, split.capacity)
        val beside = screens.take(shares.screens) + seated(scene, people, shares.people) + listOfNotNull(Subject.Me.takeIf { shares.me })
        val filled = fill(beside, split.strip(beside.size + if (shares.hidden > 0) 1 else 0), Stand.STRIP, shares.hidden)
        return filled.copy(tiles = listOf(Placed(stage, split.stage, Stand.STAGE)) + filled.tiles)
    }

    private fun seated(scene: Scene, people: List<String>, count: Int): List<Subject> =
        seats.seat(people, scene.dominant, scene.recent, count).map(Subject::Person)

    private fun fill(subjects: List<Subject>, grid: Grid, stand: Stand, hidden: Int) = Arrangement(
        subjects.mapIndexed { index, subject -> Placed(subject, grid.cell(index), stand) },
        hidden,
        if (hidden > 0) grid.cell(subjects.size) else null,
    )

    private companion object {
        /** In a smaller area there is nothing to see. */
        const val SMALLEST = 48f

        /** No more even tiles than this. */
        const val MOST = 9

        /** However small: somebody, and how many more there are. */
        const val LEAST = 2
    }
}

/** How many get a tile when there is room for some: one tile tells how many more there are. */
private data class Shares(val screens: Int, val people: Int, val me: Boolean, val hidden: Int) {
    companion object {
        fun of(screens: Int, people: Int, me: Boolean, capacity: Int): Shares {
            if (screens + people + (if (me) 1 else 0) <= capacity) return Shares(screens, people, me, 0)
            // At least one person is seen, then ourselves.
            val free = (capacity - 1).coerceAtLeast(0)
            val shown = screens.coerceAtMost((free - 1).coerceAtLeast(0))
            val rest = free - shown
            val seated = people.coerceAtMost((rest - if (me && rest > 1) 1 else 0).coerceAtLeast(0))
            val hidden = people - seated
            return Shares(shown, seated, me && shown + seated + (if (hidden > 0) 1 else 0) < capacity, hidden)
        }
    }
}

/**
 * Seats for those who are seen when not all fit. Whoever has one keeps it until somebody who speaks needs one; then the
 * one who spoke longest ago gives way, and nobody else moves.
 */
private class Seats {
    private val seats = mutableListOf<String>()

    fun seat(people: List<String>, dominant: String?, recent: List<String>, wanted: Int): List<String> {
        val count = wanted.coerceAtMost(people.size)
        seats.retainAll(people.toSet())
        if (count == people.size) {
            // Room for all: the order they came in is the calmest.
            seats.clear()
            seats += people
            return seats.toList()
        }
        val rank = people.withIndex().associate { (came, id) ->
            val spoke = recent.indexOf(id)
            id to if (id == dominant) 0 else if (spoke >= 0) spoke + 1 else recent.size + 1 + came
        }
        while (seats.size > count) seats -= seats.maxBy { rank.getValue(it) }
        val byRank = people.sortedBy { rank.getValue(it) }
        for (id in byRank) if (seats.size < count && id !in seats) seats += id
        for (id in byRank.take(count)) {
            if (id in seats || rank.getValue(id) > recent.size) continue
            val gives = seats.maxBy { rank.getValue(it) }
            seats[seats.indexOf(gives)] = id
        }
        return seats.toList()
    }
}
