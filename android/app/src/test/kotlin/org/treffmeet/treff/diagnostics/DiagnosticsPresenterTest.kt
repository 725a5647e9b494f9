package org.treffmeet.treff.diagnostics

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.session.Place
import org.treffmeet.treff.testing.Desk

class DiagnosticsPresenterTest {
    private val desk = Desk()
    private val page = desk.presenters.diagnostics

    @Test fun theTextIsTheCoresWithALineAboutThePhoneAndStaysAsItIsRead() {
        desk.presenters.settings.openDiagnostics()
        assertTrue(page.state("Android 15").text.contains("System: Android 15"))
        assertEquals(page.state("Android 15"), page.state("Android 16"))
    }

    @Test fun copiedIsSaidUntilThePageIsLeft() {
        desk.presenters.settings.openDiagnostics()
        page.state("Android 15")
        page.copied()
        assertTrue(page.state("Android 15").copied)
        page.back()
        desk.session.go(Place.Diagnostics)
        assertFalse(page.state("Android 15").copied)
    }
}
