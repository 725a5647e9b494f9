package org.treffmeet.treff.licences

import org.treffmeet.treff.session.Session

class LicencesPresenter(private val session: Session) {
    private val state by lazy { LicencesState(session.licences().map { LicenceRow(it.licence, it.parts.size, it.parts.joinToString()) }) }

    fun state() = state

    fun back() = session.back()
}
