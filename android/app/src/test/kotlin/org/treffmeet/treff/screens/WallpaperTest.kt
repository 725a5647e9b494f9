package org.treffmeet.treff.screens

import android.graphics.Color
import android.view.ContextThemeWrapper
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.R
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.named
import org.treffmeet.treff.ui.Wallpaper
import org.treffmeet.treff.ui.colour

/** The accent of the wallpaper, for whoever wants it. */
@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class WallpaperTest {
    private val app get() = RuntimeEnvironment.getApplication() as TestApplication

    private fun themed() = ContextThemeWrapper(app, Wallpaper.style(app))

    @Test fun theAccentIsOursUntilSomebodyWantsAnother() {
        val ours = app.getColor(R.color.accent)
        assertEquals(ours, themed().colour(R.color.accent))
        Wallpaper.want(app, true)
        assertNotEquals(ours, themed().colour(R.color.accent))
    }

    @Test fun itCanBeReadByDayAndByNight() {
        Wallpaper.want(app, true)
        for (mode in listOf("notnight", "night")) {
            RuntimeEnvironment.setQualifiers(mode)
            val context = themed()
            val accent = context.colour(R.color.accent)
            for (other in listOf(R.color.background, R.color.surface, R.color.on_accent)) {
                val contrast = contrast(accent, context.colour(other))
                assertTrue("$mode ${app.resources.getResourceEntryName(other)}: $contrast", contrast >= 4.5)
            }
        }
    }

    private fun contrast(one: Int, other: Int): Double {
        val (dark, light) = listOf(one, other).map { Color.luminance(it).toDouble() }.sorted()
        return (light + 0.05) / (dark + 0.05)
    }

    @Test fun theSettingsSwitchIt() {
        app.running.session.go(Place.Settings)
        Robolectric.buildActivity(MainActivity::class.java).setup().get().named("Colours of my wallpaper").performClick()
        assertTrue(Wallpaper.wanted(app))
    }
}
