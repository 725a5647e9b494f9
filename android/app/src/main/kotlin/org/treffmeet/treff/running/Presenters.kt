package org.treffmeet.treff.running

import org.treffmeet.treff.call.CallPresenter
import org.treffmeet.treff.call.CallSheets
import org.treffmeet.treff.call.ProtectionPresenter
import org.treffmeet.treff.chat.ChatPresenter
import org.treffmeet.treff.comparison.ComparisonPresenter
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.QrCode
import org.treffmeet.treff.core.Tone
import org.treffmeet.treff.diagnostics.DiagnosticsPresenter
import org.treffmeet.treff.ended.EndedPresenter
import org.treffmeet.treff.home.HomePresenter
import org.treffmeet.treff.invite.InvitePresenter
import org.treffmeet.treff.licences.LicencesPresenter
import org.treffmeet.treff.people.PeoplePresenter
import org.treffmeet.treff.prejoin.PrejoinPresenter
import org.treffmeet.treff.server.ServerPresenter
import org.treffmeet.treff.servers.ServersPresenter
import org.treffmeet.treff.session.Session
import org.treffmeet.treff.settings.SettingsPresenter
import org.treffmeet.treff.waiting.WaitingPresenter

/** The presenters of all screens over one session. */
class Presenters(session: Session, code: (String) -> QrCode?, tone: (Finding) -> Tone) {
    val home = HomePresenter(session)
    val prejoin = PrejoinPresenter(session)
    val waiting = WaitingPresenter(session)
    val ended = EndedPresenter(session)
    val servers = ServersPresenter(session)
    val server = ServerPresenter(session, tone)
    val comparison = ComparisonPresenter(session, tone)
    val settings = SettingsPresenter(session)
    val diagnostics = DiagnosticsPresenter(session)
    val licences = LicencesPresenter(session)
    private val chat = ChatPresenter(session)
    val call = CallPresenter(session, chat)
    val sheets = CallSheets(chat, PeoplePresenter(session, call, chat), InvitePresenter(session, code), ProtectionPresenter(session))
}
