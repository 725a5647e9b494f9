// The Android Gradle Plugin compiles Kotlin by itself; this only pins the compiler to Maven's.
buildscript {
    dependencies {
        classpath("org.jetbrains.kotlin:kotlin-gradle-plugin:2.4.21")
    }
}
plugins {
    id("com.android.application") version "9.3.0" apply false
}
