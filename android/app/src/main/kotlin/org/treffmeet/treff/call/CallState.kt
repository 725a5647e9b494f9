package org.treffmeet.treff.call

import org.treffmeet.treff.core.Reaction
import org.treffmeet.treff.ui.Words

/** The call. */
data class CallState(
    val meeting: String,
    val link: String,
    /** How long we are in, for a hurried look. */
    val time: Words,
    val recording: Boolean,
    /** Said when the network is poor. */
    val quality: Words?,
    val veryPoor: Boolean,
    val tiles: List<TileState>,
    /** "and N more", with its place. */
    val more: Pair<Int, Box>?,
    /** Nobody else is here. */
    val alone: Boolean,
    /** In a small window over other apps. */
    val small: Boolean,
    val banner: Banner?,
    val microphone: Boolean,
    /** The microphone cannot be used. */
    val microphoneTrouble: Boolean,
    val camera: Boolean,
    /** There is a camera at all. */
    val hasCamera: Boolean,
    /** The camera cannot be used. */
    val cameraTrouble: Boolean,
    /** There is another camera to switch to. */
    val otherCamera: Boolean,
    /** The screen can be shared here. */
    val mayShare: Boolean,
    /** We share it. */
    val shares: Boolean,
    val hand: Boolean,
    val unread: Int,
    val people: Int,
    /** How many wait to be let in. */
    val waiting: Int,
    val sheet: Sheet?,
    val selfView: Boolean,
    val reactions: List<Shower>,
    val mayProtect: Boolean,
)

/** What lies over or beside the pictures. */
enum class Sheet { CHAT, PEOPLE, MORE, INVITE, PROTECTION }

/** One tile. */
data class TileState(
    val subject: Subject,
    val box: Box,
    val stand: Stand,
    val name: Words,
    val initials: String,
    val colour: Int,
    /** Whose pictures to show. */
    val source: String?,
    /** Our own picture is shown. */
    val own: Boolean,
    /** A picture has come; its shape, width to height. */
    val aspect: Float?,
    /** The whole picture is shown; otherwise it fills the tile. */
    val contain: Boolean,
    val muted: Boolean,
    val hand: Boolean,
    val speaking: Boolean,
    val pinned: Boolean,
    /** Name and state for a screen reader. */
    val spoken: List<Words>,
)

/** A reaction on its way up the screen; [place] spreads them over the width, 0 to 1. */
data class Shower(val id: Int, val reaction: Reaction, val name: Words, val place: Float)
