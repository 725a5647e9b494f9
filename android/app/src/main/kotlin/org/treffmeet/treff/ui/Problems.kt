package org.treffmeet.treff.ui

import org.treffmeet.treff.R
import org.treffmeet.treff.core.DeviceProblem
import org.treffmeet.treff.core.Notice
import org.treffmeet.treff.core.OtherService
import org.treffmeet.treff.core.UserError

/** Failures in words: what happened and what to do. */
object Problems {
    fun words(error: UserError): Words = when (error) {
        is UserError.LinkInvalid -> words(R.string.e_link)
        is UserError.OtherService -> words(R.string.e_service, service(error.service))
        is UserError.ServerInvalid -> words(R.string.e_server)
        is UserError.NoServerChosen -> words(R.string.e_no_server)
        is UserError.ServerNotFound -> words(R.string.e_not_found, error.server)
        is UserError.ServerUnreachable -> words(R.string.e_unreachable, error.server)
        is UserError.CertificateInvalid -> words(R.string.e_certificate, error.server)
        is UserError.NotJitsi -> words(R.string.e_not_jitsi, error.server)
        is UserError.RedirectedElsewhere -> words(R.string.e_redirect, error.server, error.target)
        is UserError.ServerNotReady -> words(R.string.e_not_ready)
        is UserError.Refused -> words(R.string.e_refused, error.text)
        is UserError.NotAuthorised -> words(R.string.e_login)
        is UserError.RoomFull -> words(R.string.e_full)
        is UserError.LobbyDenied -> words(R.string.e_denied)
        is UserError.PasswordNeeded -> words(R.string.e_password)
        is UserError.MediaFailed -> words(R.string.e_media)
        is UserError.Unexpected -> words(R.string.e_unexpected)
    }

    /** An address that helps in a browser where Treff cannot. */
    fun browserAddress(error: UserError?): String? = when (error) {
        is UserError.OtherService -> error.url
        is UserError.RedirectedElsewhere -> "https://${error.target}/"
        else -> null
    }

    private fun service(service: OtherService) = when (service) {
        OtherService.BIG_BLUE_BUTTON -> "BigBlueButton"
        OtherService.ZOOM -> "Zoom"
        OtherService.TEAMS -> "Microsoft Teams"
        OtherService.GOOGLE_MEET -> "Google Meet"
        OtherService.WEBEX -> "Webex"
    }

    /** Before the call, where the microphone's trouble stands in a sentence of its own. */
    fun microphone(problem: DeviceProblem): Words = words(
        when (problem) {
            DeviceProblem.MISSING -> R.string.mic_missing
            DeviceProblem.BUSY -> R.string.mic_busy
            DeviceProblem.REFUSED -> R.string.mic_refused
            DeviceProblem.FAILED -> R.string.mic_failed
        },
    )

    /** The same for the camera. */
    fun camera(problem: DeviceProblem): Words = words(
        when (problem) {
            DeviceProblem.MISSING -> R.string.camera_missing
            DeviceProblem.BUSY -> R.string.camera_busy
            DeviceProblem.REFUSED -> R.string.camera_refused
            DeviceProblem.FAILED -> R.string.camera_failed
        },
    )

    /** What is said in the call. */
    fun notice(notice: Notice): Words? = when (notice) {
        is Notice.MicrophoneFailed -> words(R.string.n_mic, why(notice.problem))
        is Notice.SpeakerFailed -> words(R.string.n_speaker, why(notice.problem))
        is Notice.CameraFailed -> words(R.string.n_camera, why(notice.problem))
        is Notice.ShareFailed -> words(
            when (notice.problem) {
                // Who refuses at first knows, and nothing is said: this one was shared before.
                DeviceProblem.REFUSED -> R.string.n_share_over
                DeviceProblem.MISSING -> R.string.n_share_missing
                DeviceProblem.BUSY, DeviceProblem.FAILED -> R.string.n_share
            },
        )
        is Notice.DeviceReplaced, is Notice.NoDialIn -> null
        is Notice.FocusUnavailable -> words(R.string.n_focus)
        is Notice.NotLiveYet -> words(R.string.n_not_live)
        is Notice.BridgeUnavailable -> words(R.string.n_bridge)
        is Notice.SenderLimitReached -> words(R.string.n_limit)
        is Notice.NoSessionOffered -> words(R.string.n_no_session)
        is Notice.ServerGoesDown -> words(R.string.n_goes_down)
        is Notice.AnswerRefused -> words(R.string.n_answer)
        is Notice.RestartRefused -> words(R.string.n_restart)
        is Notice.ProtectionRefused -> words(R.string.n_protection)
    }

    private fun why(problem: DeviceProblem): Words = words(
        when (problem) {
            DeviceProblem.MISSING -> R.string.why_missing
            DeviceProblem.BUSY -> R.string.why_busy
            DeviceProblem.REFUSED -> R.string.why_refused
            DeviceProblem.FAILED -> R.string.why_failed
        },
    )
}
