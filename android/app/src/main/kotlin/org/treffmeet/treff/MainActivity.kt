package org.treffmeet.treff

import android.app.Activity

/** The one window. */
class MainActivity : Activity()
