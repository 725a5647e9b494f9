package org.treffmeet.treff.running

import android.content.Context
import android.os.PowerManager

/** Turns the screen off while the phone is held at the ear, so that no cheek presses a button; where the phone can tell. */
class Ear(context: Context) {
    private val lock: PowerManager.WakeLock? = context.getSystemService(PowerManager::class.java).run {
        if (isWakeLockLevelSupported(PowerManager.PROXIMITY_SCREEN_OFF_WAKE_LOCK)) newWakeLock(PowerManager.PROXIMITY_SCREEN_OFF_WAKE_LOCK, "treff:ear") else null
    }

    fun watch(wanted: Boolean) {
        if (lock == null || wanted == lock.isHeld) return
        // The call's end or another way of the sound ends it; nothing else may, or the screen would wake at the ear.
        if (wanted) lock.acquire() else lock.release(PowerManager.RELEASE_FLAG_WAIT_FOR_NO_PROXIMITY)
    }
}
