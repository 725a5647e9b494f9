package org.treffmeet.treff

import android.app.Activity
import android.window.OnBackInvokedCallback
import android.window.OnBackInvokedDispatcher

/** The back gesture, taken from the system only while it leads somewhere in the app: otherwise the system shows, under the finger, where it leads. */
@NewerPlatform
class BackGesture(activity: Activity, back: () -> Unit) {
    private val dispatcher = activity.onBackInvokedDispatcher
    private val callback = OnBackInvokedCallback(back)
    private var taken = false

    fun take(wanted: Boolean) {
        if (wanted == taken) return
        taken = wanted
        if (wanted) dispatcher.registerOnBackInvokedCallback(OnBackInvokedDispatcher.PRIORITY_DEFAULT, callback)
        else dispatcher.unregisterOnBackInvokedCallback(callback)
    }
}
