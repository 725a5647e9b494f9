package org.treffmeet.treff.screens

import android.animation.ValueAnimator
import android.view.View
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import java.io.File
import java.util.TimeZone
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.ParameterizedRobolectricTestRunner
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowLooper
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.testing.TestApplication
import org.treffmeet.treff.testing.views

/** Every screen in every state: it looks as it did, can be hit with a finger, and is told to a screen reader. */
@RunWith(ParameterizedRobolectricTestRunner::class)
@Config(application = TestApplication::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class ScreensTest(private val scene: Scene) {
    private lateinit var activity: MainActivity

    @Before fun show() {
        TimeZone.setDefault(TimeZone.getTimeZone("UTC"))
        RuntimeEnvironment.setQualifiers("${scene.language}-${scene.size}-${if (scene.dark) "night" else "notnight"}-hdpi")
        RuntimeEnvironment.setFontScale(scene.type)
        // As for people who want nothing to move.
        ValueAnimator::class.java.getMethod("setDurationScale", Float::class.java).invoke(null, 0f)
        val app = RuntimeEnvironment.getApplication() as TestApplication
        app.core.snapshot = scene.snapshot
        scene.before(app)
        app.shows(scene.snapshot)
        activity = Robolectric.buildActivity(MainActivity::class.java).setup().get()
        scene.after(activity)
        ShadowLooper.idleMainLooper()
    }

    @Test fun looksAsBeforeAndCanBeUsedByEverybody() {
        val views = activity.views().filterNot { it is ScrollView }
        val dp = activity.resources.displayMetrics.density
        for (view in views.filter { it.isClickable && it.isEnabled && it !is EditText && (it as? TextView)?.movementMethod == null }) {
            assertTrue("${told(view)} is too small: ${view.width / dp} × ${view.height / dp}", view.width >= TARGET_DP * dp - 1 && view.height >= TARGET_DP * dp - 1 || view.width * view.height == 0)
            assertTrue("${view.javaClass.simpleName} has no name", told(view).isNotBlank() || view.importantForAccessibility == View.IMPORTANT_FOR_ACCESSIBILITY_NO)
        }
        val cut = views.filterIsInstance<TextView>().filter { it !is EditText && it.layout != null && it.maxLines > 1 && it.height > 0 && it.layout.height + it.compoundPaddingTop + it.compoundPaddingBottom > it.height + 1 }
        assertTrue("cut off: ${cut.map { it.text }}", cut.isEmpty())

        val picture = Picture.take(activity)
        Picture.keep(picture, File(System.getProperty("screenshots"), "${scene.name}.png"))
        val difference = Picture.difference(picture, File("app/src/test/screenshots/${scene.name}.png"))
        assertNull("${scene.name}: $difference. ./dev android-screenshots draws them anew.", if (System.getProperty("screenshots.keep") == "yes") null else difference)
    }

    private fun told(view: View) = (view.contentDescription ?: (view as? TextView)?.text ?: "").toString()

    companion object {
        private const val TARGET_DP = 48

        @JvmStatic
        @ParameterizedRobolectricTestRunner.Parameters(name = "{0}")
        fun scenes(): List<Array<Any>> = SCENES.map { arrayOf(it) }
    }
}
