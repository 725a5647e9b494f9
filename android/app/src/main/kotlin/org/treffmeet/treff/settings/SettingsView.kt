package org.treffmeet.treff.settings

import android.content.Context
import org.treffmeet.treff.R
import org.treffmeet.treff.core.DataUse
import org.treffmeet.treff.core.Theme
import org.treffmeet.treff.ui.Card
import org.treffmeet.treff.ui.Field
import org.treffmeet.treff.ui.Page
import org.treffmeet.treff.ui.Row
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.Typing
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.choiceRow
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.switchRow
import org.treffmeet.treff.ui.text

class SettingsView(private val context: Context, private val presenter: SettingsPresenter, private val window: Window) : ScreenView {
    override val view = Page(context, context.getString(R.string.settings), presenter::back)
    private val name = Field(context, context.getString(R.string.own_name), Typing.NAME)
    private val microphone = context.switchRow(word(R.string.set_mic), null, R.drawable.ic_mic, presenter::setMicrophone)
    private val noise = context.switchRow(word(R.string.set_noise), word(R.string.set_noise_why), R.drawable.ic_pulse, presenter::setNoiseSuppression)
    private val selfView = context.switchRow(word(R.string.self_view), null, R.drawable.ic_person, presenter::setSelfView)
    private val sounds = context.switchRow(word(R.string.set_sounds), word(R.string.set_sounds_why), R.drawable.ic_music, presenter::setSounds)
    private val history = context.switchRow(word(R.string.keep_history), word(R.string.keep_history_why), R.drawable.ic_clock, presenter::setKeepHistory)
    private val dataUse = DataUse.entries.associateWith { use ->
        val (title, why) = when (use) {
            DataUse.AUTO -> R.string.data_auto to R.string.data_auto_why
            DataUse.LOW -> R.string.data_low to R.string.data_low_why
            DataUse.AUDIO_ONLY -> R.string.data_audio to R.string.data_audio_why
        }
        context.choiceRow(word(title), word(why)) { presenter.setDataUse(use) }
    }
    private val themes = Theme.entries.associateWith { theme ->
        val title = when (theme) {
            Theme.SYSTEM -> R.string.theme_system
            Theme.LIGHT -> R.string.theme_light
            Theme.DARK -> R.string.theme_dark
        }
        context.choiceRow(word(title), null) { presenter.setTheme(theme) }
    }
    private val wallpaper = window.wallpaper?.let { wanted -> context.switchRow(word(R.string.wallpaper), null, R.drawable.ic_sun, window::setWallpaper).apply { on = wanted } }
    private val forget = context.button(word(R.string.forget_all), Weight.QUIET, R.drawable.ic_trash) { presenter.forgetAll() }
    private var last: SettingsState? = null

    init {
        view.add(context.text(word(R.string.own_name), R.dimen.type_small, R.color.text_quiet), R.dimen.space_tight)
        view.add(name, R.dimen.space_hair)
        name.edit.setOnFocusChangeListener { _, focused -> if (!focused) presenter.setName(name.value) }
        name.onGo { name.edit.clearFocus() }
        val places = Card(context)
        places.below(Row(context, word(R.string.servers), null, R.drawable.ic_server).leads(press = presenter::openServers))
        window.linkSettings?.let { places.below(Row(context, word(R.string.set_links), word(R.string.set_links_why), R.drawable.ic_link).leads(press = it)) }
        window.languageSettings?.let { places.below(Row(context, word(R.string.language), null, R.drawable.ic_globe).leads(press = it)) }
        view.add(places)
        section(R.string.set_entering, listOf(microphone))
        section(R.string.set_inside, listOf(noise, selfView, sounds))
        section(R.string.set_data, dataUse.values)
        section(R.string.theme, themes.values + listOfNotNull(wallpaper))
        section(R.string.set_privacy, listOf(history))
        view.add(forget, R.dimen.space_snug)
        view.add(context.text(word(R.string.privacy_words), colour = R.color.text_quiet), R.dimen.space_snug)
        val pages = Card(context)
        pages.below(Row(context, word(R.string.diagnostics), null, R.drawable.ic_info).leads(press = presenter::openDiagnostics))
        pages.below(Row(context, word(R.string.about), context.getString(R.string.version, window.version), R.drawable.ic_file).leads(press = presenter::openLicences))
        view.add(pages)
    }

    private fun word(id: Int) = context.getString(id)

    private fun section(title: Int, rows: Collection<Row>) {
        view.add(context.heading(word(title)), R.dimen.space_wide)
        view.add(Card(context).apply { rows.forEach { below(it) } }, R.dimen.space_snug)
    }

    override fun show() {
        val state = presenter.state()
        if (state == last) return
        if (state.name != last?.name && !name.edit.hasFocus()) name.value = state.name
        last = state
        microphone.on = state.microphone
        noise.on = state.noiseSuppression
        selfView.on = state.selfView
        sounds.on = state.sounds
        dataUse.forEach { (use, row) -> row.on = use == state.dataUse }
        themes.forEach { (theme, row) -> row.on = theme == state.theme }
        history.on = state.keepHistory
        forget.shown = state.hasHistory
    }
}
