package org.treffmeet.treff.core

import android.graphics.SurfaceTexture
import android.view.Surface
import java.security.cert.CertificateException
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

/** The core's Android library in a meeting, through the bindings. */
@RunWith(RobolectricTestRunner::class)
class CoreInALabTest {
    @Test fun adaJoinsSaysHelloMutesAndLeaves() {
        TestLab("--people", "2").use { lab ->
            Guest(lab).use { ada ->
                ada.join(lab, "Ada")
                val inside = ada.sees("two people in the call") { it.screen is Screen.Call && it.participants.size == 2 }
                assertEquals("Ada", inside.me.name)
                ada.sees("sound and picture") { it.connection == ConnectionState.CONNECTED }

                ada.client.dispatch(Command.SendChat("Guten Tag, ihr zwei 👋", null))
                val chat = ada.sees("her own words") { it.chat.isNotEmpty() }.chat.last()
                assertEquals("Guten Tag, ihr zwei 👋", chat.text)
                assertEquals(inside.me.endpoint, chat.from)

                ada.client.dispatch(Command.SetMicrophone(false))
                ada.sees("a muted microphone") { !it.me.microphone }

                ada.client.dispatch(Command.Leave)
                assertEquals(EndReason.Left, ada.until("the end", Event.Ended::class.java).reason)
            }
        }
    }

    @Test fun aDecoderThatDiesTakesNobodyAlongAndTheNextOneShowsThePicture() {
        TestLab("--people", "1").use { lab ->
            Guest(lab, decoders = MadeUpPhone.DECODERS).use { ada ->
                ada.join(lab, "Ada")
                val face = ada.sees("somebody's camera") { it.participants.singleOrNull()?.tracks?.camera != null }.participants.single().tracks.camera!!
                val surface = Surface(SurfaceTexture(0))
                val token = Surfaces.attach(face, surface)
                ada.client.dispatch(Command.SetLayout(Layout.Tiles(listOf(Tile(face, 180, false)))))
                assertEquals(face, ada.until("a picture", Event.FirstVideo::class.java).source)
                Surfaces.detach(face, token)
            }
        }
    }

    @Test fun aServerThatThePlatformDoesNotTrustIsNotTalkedTo() {
        TestLab("--people", "0").use { lab ->
            val nobody = object : Platform {
                override fun checkServer(chain: List<ByteArray>, authType: String, host: String) {
                    assertTrue(chain.isNotEmpty())
                    throw CertificateRefused.Expired()
                }
            }
            Guest(lab, nobody).use { ben ->
                ben.join(lab, "Ben")
                val reason = ben.until("the end", Event.Ended::class.java).reason as EndReason.Failed
                val error = reason.error as UserError.CertificateInvalid
                assertEquals("it has expired", error.detail)
            }
        }
    }

    @Test fun anExceptionInTheTrustManagerRefusesTheServerAndNothingElse() {
        TestLab("--people", "0").use { lab ->
            val broken = object : Platform {
                override fun checkServer(chain: List<ByteArray>, authType: String, host: String) =
                    throw CertificateException("out of order")
            }
            Guest(lab, broken).use { cleo ->
                cleo.join(lab, "Cleo")
                val reason = cleo.until("the end", Event.Ended::class.java).reason as EndReason.Failed
                assertTrue(reason.error is UserError.CertificateInvalid)
            }
        }
    }
}
