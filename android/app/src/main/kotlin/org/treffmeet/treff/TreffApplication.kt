package org.treffmeet.treff

import android.app.Application
import org.treffmeet.treff.running.Running

/** The process: holds what outlives the window. */
open class TreffApplication : Application() {
    /** Started with the first window, not with the process. */
    val running: Running by lazy(::start)

    protected open fun start(): Running = Running.start(this)
}
