package org.treffmeet.treff.ui

import android.content.Context
import android.os.Build
import org.treffmeet.treff.R

/** Whether the accent comes from the wallpaper: a wish about this phone, off until somebody has it, and possible from API 31 on. */
object Wallpaper {
    private const val STORE = "look"
    private const val WANTED = "wallpaper"

    val possible: Boolean get() = Build.VERSION.SDK_INT >= Build.VERSION_CODES.S

    fun wanted(context: Context): Boolean = possible && store(context).getBoolean(WANTED, false)

    fun want(context: Context, on: Boolean) = store(context).edit().putBoolean(WANTED, on).apply()

    /** The theme that says so. */
    fun style(context: Context): Int = if (wanted(context)) R.style.Treff_Wallpaper else R.style.Treff

    private fun store(context: Context) = context.getSharedPreferences(STORE, Context.MODE_PRIVATE)
}
