package org.treffmeet.treff.settings

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.DataUse
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.SETTINGS

class SettingsPresenterTest {
    @Test fun oneSettingChangesAndTheOthersStay() {
        val desk = Desk()
        desk.presenters.settings.setDataUse(DataUse.LOW)
        desk.presenters.settings.setName(" Ada ")
        desk.presenters.settings.setSounds(false)
        val expected = listOf(SETTINGS.copy(dataUse = DataUse.LOW), SETTINGS.copy(name = "Ada"), SETTINGS.copy(sounds = false)).map { Command.ChangeSettings(it) }
        assertEquals(expected, desk.asked())
    }

    @Test fun aNameThatDidNotChangeIsNotSavedAgain() {
        val desk = Desk()
        desk.presenters.settings.setName("")
        assertTrue(desk.asked().isEmpty())
    }

    @Test fun recentMeetingsAreForgottenAtOnce() {
        val desk = Desk()
        desk.presenters.settings.forgetAll()
        assertEquals(listOf(Command.ForgetRecent(null)), desk.asked())
    }
}
