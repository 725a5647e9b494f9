package org.treffmeet.treff.call

import kotlin.math.max
import kotlin.math.min
import org.treffmeet.treff.R
import org.treffmeet.treff.core.Snapshot
import org.treffmeet.treff.ui.People
import org.treffmeet.treff.ui.words

/** What each tile shows: which source, whose name, which marks. */
class Tiles(private val snapshot: Snapshot, private val shapes: Map<String, Float>, private val pinned: Subject?, private val speaks: (Subject) -> Boolean) {
    private fun person(endpoint: String) = snapshot.participants.find { it.endpoint == endpoint }

    /** The source whose pictures a tile shows; our own does not come from the core. */
    fun source(subject: Subject): String? = when (subject) {
        is Subject.Me -> null
        is Subject.Person -> person(subject.endpoint)?.tracks?.camera
        is Subject.Shared -> person(subject.endpoint)?.tracks?.screen
    }

    fun tile(placed: Placed): TileState {
        val subject = placed.subject
        val source = source(subject)
        val endpoint = when (subject) {
            is Subject.Me -> snapshot.me.endpoint
            is Subject.Person -> subject.endpoint
            is Subject.Shared -> subject.endpoint
        }
        val somebody = person(endpoint)
        val screen = subject is Subject.Shared
        val given = if (subject is Subject.Me) snapshot.me.name else somebody?.name
        val name = when (subject) {
            is Subject.Me -> words(R.string.me)
            is Subject.Person -> People.name(given)
            is Subject.Shared -> words(R.string.shares_screen, People.name(given))
        }
        val muted = !screen && !(somebody?.tracks?.microphone ?: snapshot.me.microphone)
        val hand = !screen && if (somebody != null) somebody.handRaised != null else snapshot.me.handRaised
        val speaking = !screen && speaks(subject)
        val spoken = listOfNotNull(
            name,
            words(R.string.word_speaking).takeIf { speaking },
            words(R.string.word_mic_off).takeIf { muted },
            words(R.string.word_camera_off).takeIf { subject is Subject.Person && source == null },
            words(R.string.word_hand).takeIf { hand },
            words(R.string.pinned).takeIf { pinned == subject },
        )
        return TileState(
            subject, placed.box, placed.stand, name, People.initials(given), People.colour(endpoint), source, own = subject is Subject.Me && snapshot.me.camera,
            aspect = source?.let(shapes::get), contain = contains(placed, source), muted, hand, speaking,
            pinned = pinned == subject, spoken,
        )
    }

    private fun contains(placed: Placed, source: String?): Boolean {
        val aspect = source?.let(shapes::get) ?: USUAL
        val tile = placed.box.width / max(placed.box.height, 1f)
        return placed.subject is Subject.Shared || min(tile, aspect) / max(tile, aspect) < LEAST_SEEN
    }

    /** How high the whole picture is, of which the tile may show a part. */
    fun wanted(tile: TileState, density: Float): Wanted? {
        val source = tile.source ?: return null
        val aspect = tile.aspect ?: USUAL
        val height = if (tile.contain) min(tile.box.height, tile.box.width / aspect) else max(tile.box.height, tile.box.width / aspect)
        return Wanted(source, height * density, tile.stand == Stand.STAGE)
    }

    private companion object {
        /** The shape of a picture that has not come yet. */
        const val USUAL = 16f / 9f

        /** A face is not cut when less than this much of its picture would be left. */
        const val LEAST_SEEN = 0.35f
    }
}
