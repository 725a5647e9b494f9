package org.treffmeet.treff.running

import android.content.Context
import android.net.ConnectivityManager
import android.net.LinkAddress
import android.net.LinkProperties
import android.net.Network
import java.net.InetAddress
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowNetwork
import org.treffmeet.treff.testing.TestApplication

@RunWith(RobolectricTestRunner::class)
@Config(application = TestApplication::class)
class NetworkWatchTest {
    private val networks = RuntimeEnvironment.getApplication().getSystemService(Context.CONNECTIVITY_SERVICE) as ConnectivityManager
    private val told = mutableListOf<List<String>>()
    private val watch = NetworkWatch(RuntimeEnvironment.getApplication()) { told += it }

    private fun callbacks() = shadowOf(networks).networkCallbacks

    private fun network(name: String, vararg addresses: String) = LinkProperties().apply {
        interfaceName = name
        setLinkAddresses(addresses.map { LinkAddress(InetAddress.getByName(it), 24) })
    }

    @Test fun eachNetworkIsToldWithItsAddressesAndTheLossOfTheLastWithNone() {
        watch.watch(true)
        val phone = callbacks().single()
        val wifi: Network = ShadowNetwork.newInstance(1)
        val mobile: Network = ShadowNetwork.newInstance(2)
        phone.onLinkPropertiesChanged(wifi, network("wlan0", "192.0.2.7", "2001:db8::7"))
        phone.onLinkPropertiesChanged(mobile, network("rmnet0", "198.51.100.9"))
        phone.onLost(mobile)
        assertEquals(listOf(listOf("192.0.2.7", "2001:db8:0:0:0:0:0:7"), listOf("198.51.100.9"), emptyList()), told)
    }

    @Test fun outsideAMeetingNobodyWatches() {
        watch.watch(true)
        watch.watch(true)
        assertEquals(1, callbacks().size)
        watch.watch(false)
        assertTrue(callbacks().isEmpty())
    }
}
