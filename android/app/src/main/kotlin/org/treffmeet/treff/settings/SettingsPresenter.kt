package org.treffmeet.treff.settings

import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DataUse
import org.treffmeet.treff.core.Theme
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.session.Session

class SettingsPresenter(private val session: Session) {
    fun state(): SettingsState {
        val settings = session.state.snapshot.settings
        return SettingsState(
            settings.name, settings.microphoneOn, settings.noiseSuppression, settings.dataUse, settings.selfView, settings.sounds,
            settings.theme, settings.keepHistory, session.state.snapshot.recent.isNotEmpty(),
        )
    }

    fun setName(name: String) {
        val given = name.trim()
        if (given != session.state.snapshot.settings.name) session.settings { it.copy(name = given) }
    }

    fun setMicrophone(on: Boolean) = session.settings { it.copy(microphoneOn = on) }

    fun setNoiseSuppression(on: Boolean) = session.settings { it.copy(noiseSuppression = on) }

    fun setDataUse(use: DataUse) = session.settings { it.copy(dataUse = use) }

    fun setSelfView(shown: Boolean) = session.settings { it.copy(selfView = shown) }

    fun setSounds(on: Boolean) = session.settings { it.copy(sounds = on) }

    fun setTheme(theme: Theme) = session.settings { it.copy(theme = theme) }

    fun setKeepHistory(keep: Boolean) = session.settings { it.copy(keepHistory = keep) }

    fun forgetAll() = session.dispatch(Command.ForgetRecent(null))

    fun openServers() = session.go(Place.Servers)

    fun openDiagnostics() = session.go(Place.Diagnostics)

    fun openLicences() = session.go(Place.Licences)

    fun back() = session.back()
}
