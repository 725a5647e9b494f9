package org.treffmeet.treff.ui

import android.view.View
import org.treffmeet.treff.home.RecentRow
import org.treffmeet.treff.invite.CalendarEntry

/** A screen on display. */
interface ScreenView {
    val view: View

    /** Draws the newest state. */
    fun show()
}

/** What screens ask of the window they are in. */
interface Window {
    /** Opens a page in the browser; the person is told if there is none. */
    fun browse(address: String)

    /** What the clipboard holds; read only on a tap. */
    fun clipboard(): String?

    fun copy(text: String)

    /** Hands a text to another app. */
    fun share(text: String)

    /** Lets the person choose a file with a list of servers. */
    fun openList()

    /** Lets the person choose where the list of servers is kept as a file. */
    fun saveList()

    /** Opens the calendar with a new entry; the person is told if there is none. */
    fun enter(entry: CalendarEntry)

    /** Puts a meeting on the launcher's screen, where the launcher can. */
    val pin: ((RecentRow) -> Unit)?

    /** Enters the meeting, after asking for the microphone and the camera if they are wanted. */
    fun join(name: String)

    /** Switches the microphone in a call, after asking for it if need be. */
    fun setMicrophone(on: Boolean)

    /** Switches the camera in a call, after asking for it if need be. */
    fun setCamera(on: Boolean)

    /** Comes back to a call that another one holds. */
    fun takeBack()

    /** Asks for the camera before the call. */
    fun askForCamera()

    /** Where the own picture comes from. */
    val ownPicture: org.treffmeet.treff.camera.OwnPicture

    /** The system's page about this app. */
    fun appSettings()

    /** The system's page about the links this app opens, where there is one. */
    val linkSettings: (() -> Unit)?

    /** The system's page about this app's language, where there is one. */
    val languageSettings: (() -> Unit)?

    /** Whether the accent comes from the wallpaper; nothing where that cannot be. */
    val wallpaper: Boolean?

    fun setWallpaper(on: Boolean)

    /** Where sound comes from, for the call's menu. */
    val routes: org.treffmeet.treff.call.SoundRoutes

    /** BCP 47. */
    val language: String

    /** Android's version and the phone's model, for whoever looks into a problem. */
    val system: String
    val version: String
}
