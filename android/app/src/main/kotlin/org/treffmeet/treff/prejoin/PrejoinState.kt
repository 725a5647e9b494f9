package org.treffmeet.treff.prejoin

import org.treffmeet.treff.ui.Words

/** Before the call. */
data class PrejoinState(
    val meeting: String,
    /** One line of trust. */
    val trust: Words,
    /** The name that stands in the field at first. */
    val name: String,
    val microphone: Boolean,
    /** How loud it is, 0 to [LOUDEST]; absent while it is not measured. */
    val level: Int?,
    /** Whether it is on; absent on a phone without one. */
    val camera: Boolean?,
    /** The own picture is there. */
    val picture: Boolean,
    /** It would be if the camera were allowed. */
    val askForCamera: Boolean,
    /** There is another camera to switch to. */
    val otherCamera: Boolean,
    /** What is wrong with the camera. */
    val cameraProblem: Words?,
    /** What is wrong with the microphone. */
    val microphoneProblem: Words?,
    /** Only the system's settings help. */
    val refused: Boolean,
    /** Shown where there is somebody to invite: in a meeting of one's own making. */
    val invite: Boolean,
    val link: String,
) {
    companion object {
        const val LOUDEST = 12
    }
}
