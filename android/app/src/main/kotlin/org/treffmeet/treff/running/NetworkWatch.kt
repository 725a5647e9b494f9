package org.treffmeet.treff.running

import android.content.Context
import android.net.ConnectivityManager
import android.net.LinkProperties
import android.net.Network
import java.net.NetworkInterface
import java.net.SocketException

/** Tells the addresses of the network in use, whenever they change. */
class NetworkWatch(context: Context, private val told: (List<String>) -> Unit) : NetworkSwitch {
    private val networks = context.getSystemService(ConnectivityManager::class.java)
    private var watching = false
    private val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onLinkPropertiesChanged(network: Network, properties: LinkProperties) =
            told(properties.linkAddresses.mapNotNull { it.address.hostAddress } + translated(properties.interfaceName))

        override fun onLost(network: Network) = told(emptyList())
    }

    override fun watch(wanted: Boolean) {
        if (wanted == watching) return
        watching = wanted
        if (wanted) networks.registerDefaultNetworkCallback(callback) else networks.unregisterNetworkCallback(callback)
    }

    /** A mobile network that carries only IPv6 has a second interface for IPv4 (464XLAT), which LinkProperties keep to themselves. */
    private fun translated(interfaceName: String?): List<String> = try {
        val second = interfaceName?.let { NetworkInterface.getByName("v4-$it") }
        second?.inetAddresses?.toList().orEmpty().mapNotNull { it.hostAddress }
    } catch (_: SocketException) {
        emptyList()
    }
}
