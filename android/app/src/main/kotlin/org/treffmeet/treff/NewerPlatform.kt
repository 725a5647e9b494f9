package org.treffmeet.treff

/** Marks code that uses a platform newer than API 26 behind a look at `SDK_INT`. The API gate of the build lets it pass. */
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.CLASS, AnnotationTarget.FUNCTION)
annotation class NewerPlatform
