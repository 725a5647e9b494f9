package org.treffmeet.treff.core

import java.io.File
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager
import org.json.JSONObject

/** A small Jitsi deployment on loopback with synthetic people in it. The system chooses its port. */
class TestLab(vararg options: String) : AutoCloseable {
    private val folder = File.createTempFile("treff-lab", "").apply { delete(); mkdir() }
    private val root = File(folder, "ca.pem")
    private val process = ProcessBuilder(System.getProperty("treff.lab"), "--write-ca", root.path, *options)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .apply { environment().remove("LD_LIBRARY_PATH") }
        .start()

    /** What the lab says of itself as soon as it can be joined. */
    private val description = JSONObject(checkNotNull(process.inputStream.bufferedReader().readLine()) { "The lab did not start." })

    /** A meeting in it. */
    val link: String = description.getString("link")

    /** Where its host name leads: `host:port:address`. */
    val resolve: Resolve = description.getString("resolve").let { text ->
        val (host, port, address) = text.split(":", limit = 3)
        Resolve(host, port.toInt().toUShort(), if (address.contains(':')) address else "$address:$port")
    }

    /** Trusts the lab and nobody else. */
    fun trust() = PlatformTrust(LabTrust(root))

    override fun close() {
        process.destroy()
        process.waitFor()
        folder.deleteRecursively()
    }
}

/** Judges by one root, with the extra method that Android's own trust managers have. Public, for it is found by name. */
class LabTrust(root: File) : X509TrustManager {
    private val inner: X509TrustManager

    init {
        val certificate = root.inputStream().use { CertificateFactory.getInstance("X.509").generateCertificate(it) }
        val store = KeyStore.getInstance(KeyStore.getDefaultType())
        store.load(null)
        store.setCertificateEntry("lab", certificate)
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
        factory.init(store)
        inner = factory.trustManagers.filterIsInstance<X509TrustManager>().first()
    }

    @Suppress("unused", "UNUSED_PARAMETER") // Found by name, as on Android.
    fun checkServerTrusted(chain: Array<X509Certificate>, authType: String, host: String): List<X509Certificate> {
        inner.checkServerTrusted(chain, authType)
        return chain.toList()
    }

    override fun checkClientTrusted(chain: Array<X509Certificate>, authType: String) = inner.checkClientTrusted(chain, authType)
    override fun checkServerTrusted(chain: Array<X509Certificate>, authType: String) = inner.checkServerTrusted(chain, authType)
    override fun getAcceptedIssuers(): Array<X509Certificate> = inner.acceptedIssuers
}
