package org.treffmeet.treff.screens

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Canvas
import java.io.File
import kotlin.math.abs

/** Pictures of screens: taken, kept, and compared with a tolerance for how letters are smoothed. */
object Picture {
    /** A colour may be off by so much, of 255, and so many pixels by more, of a thousand. */
    private const val OFF_BY = 24
    private const val PIXELS_OFF = 2.0

    fun take(activity: Activity): Bitmap {
        val view = activity.window.decorView
        val picture = Bitmap.createBitmap(view.width, view.height, Bitmap.Config.ARGB_8888)
        view.draw(Canvas(picture))
        return picture
    }

    fun keep(picture: Bitmap, file: File) {
        file.parentFile?.mkdirs()
        file.outputStream().use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
    }

    /** What differs, in words; nothing if all is well. */
    fun difference(picture: Bitmap, kept: File): String? {
        if (!kept.exists()) return "there is no ${kept.name} yet"
        val before = BitmapFactory.decodeFile(kept.path)
        if (before.width != picture.width || before.height != picture.height) return "another size"
        val now = IntArray(picture.width * picture.height).also { picture.getPixels(it, 0, picture.width, 0, 0, picture.width, picture.height) }
        val then = IntArray(now.size).also { before.getPixels(it, 0, before.width, 0, 0, before.width, before.height) }
        val off = now.indices.count { far(now[it], then[it]) } * 1000.0 / now.size
        return if (off > PIXELS_OFF) "%.1f of a thousand pixels differ".format(off) else null
    }

    private fun far(one: Int, two: Int) = (0..16 step 8).any { abs((one shr it and 255) - (two shr it and 255)) > OFF_BY }
}
