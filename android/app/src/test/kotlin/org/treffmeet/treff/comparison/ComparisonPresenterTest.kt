package org.treffmeet.treff.comparison

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.treffmeet.treff.R
import org.treffmeet.treff.core.CheckState
import org.treffmeet.treff.core.Command
import org.treffmeet.treff.core.Comparison
import org.treffmeet.treff.core.ComparisonLine
import org.treffmeet.treff.core.ComparisonTopic
import org.treffmeet.treff.core.Finding
import org.treffmeet.treff.core.ForeignPurpose
import org.treffmeet.treff.core.ServerCheck
import org.treffmeet.treff.core.ServerFeature
import org.treffmeet.treff.core.UserError
import org.treffmeet.treff.testing.BEISPIEL
import org.treffmeet.treff.testing.Desk
import org.treffmeet.treff.testing.EXEMPLE
import org.treffmeet.treff.testing.HOME
import org.treffmeet.treff.testing.VOORBEELD
import org.treffmeet.treff.testing.server
import org.treffmeet.treff.ui.said
import org.treffmeet.treff.ui.words

class ComparisonPresenterTest {
    private val desk = Desk()
    private val presenter = desk.presenters.comparison

    private fun chosen() = presenter.state().candidates.filter { it.chosen }.map { it.address }

    @Test fun theServerInUseAndTheNextAreProposedAndNothingIsLookedAtBeforeTheTap() {
        desk.shows(HOME.copy(preferredServer = EXEMPLE.address))
        assertEquals(listOf(BEISPIEL.address, EXEMPLE.address), chosen())
        assertTrue(desk.asked().isEmpty())
        presenter.choose(VOORBEELD.address, true)
        presenter.look()
        val all = listOf(BEISPIEL.address, EXEMPLE.address, VOORBEELD.address)
        assertEquals(listOf(Command.CompareServers(all)), desk.asked())
    }

    @Test fun oneAloneCannotBeComparedAndAFifthHasNoPlace() {
        desk.shows(HOME.copy(servers = (1..5).map { server("meet$it.example.org", "Server $it") }, preferredServer = null))
        presenter.choose("meet1.example.org", false)
        assertFalse(presenter.state().ready)
        (1..5).forEach { presenter.choose("meet$it.example.org", true) }
        assertEquals((1..4).map { "meet$it.example.org" }, chosen())
        assertTrue(presenter.state().ready)
    }

    @Test fun whatIsKnownStandsInTheOrderOfTheServersAndWhatIsNotSaysWhy() {
        val stun = Finding.BrowserLoads(ForeignPurpose.STUN, "stun.example.com")
        desk.shows(
            HOME.copy(
                comparison = Comparison(
                    listOf(BEISPIEL.address, EXEMPLE.address, VOORBEELD.address),
                    listOf(
                        ComparisonLine(ComparisonTopic.Answers, listOf(listOf(Finding.Answers(84u)), emptyList(), emptyList())),
                        ComparisonLine(ComparisonTopic.Feature(ServerFeature.LOBBY), listOf(listOf(Finding.Feature(ServerFeature.LOBBY, false)), emptyList(), emptyList())),
                        ComparisonLine(ComparisonTopic.BrowserLoads, listOf(listOf(stun), emptyList(), emptyList())),
                    ),
                ),
                checks = listOf(
                    ServerCheck(BEISPIEL.address, CheckState.Done(emptyList(), 1u)), ServerCheck(EXEMPLE.address, CheckState.Running),
                    ServerCheck(VOORBEELD.address, CheckState.Failed(UserError.ServerUnreachable(VOORBEELD.address))),
                ),
            ),
        )
        val state = presenter.state()
        assertEquals(words(R.string.looking), state.look)
        assertFalse(state.ready)
        assertEquals(listOf(words(R.string.c_answers), words(R.string.f_lobby), words(R.string.c_loads)), state.lines.map { it.topic })
        val first = state.lines.first().cells
        assertEquals(listOf("Beispielserver", "Visio Exemple", "Ontmoeting"), first.map { it.server })
        assertEquals(listOf(listOf(words(R.string.f_ms, 84)), listOf(words(R.string.looking)), listOf(words(R.string.compare_failed))), first.map { it.found })
        assertEquals(listOf(words(R.string.f_not)), state.lines[1].cells.first().found)
        assertEquals(listOf(words(R.string.dot, words(R.string.f_stun), said("stun.example.com"))), state.lines[2].cells.first().found)
    }
}
