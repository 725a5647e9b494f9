package org.treffmeet.treff.core

import android.net.http.X509TrustManagerExtensions
import java.io.ByteArrayInputStream
import java.security.KeyStore
import java.security.cert.CertPathValidatorException
import java.security.cert.CertPathValidatorException.BasicReason
import java.security.cert.CertificateException
import java.security.cert.CertificateExpiredException
import java.security.cert.CertificateFactory
import java.security.cert.CertificateNotYetValidException
import java.security.cert.X509Certificate
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager

/**
 * Judges servers as the system does: by its roots, those that the person or an administrator installed, and the app's
 * network security configuration. The core asks on a thread of its own, and compares the certificate's name by itself.
 */
class PlatformTrust(trustManager: X509TrustManager = systemTrustManager()) : Platform {
    private val judge = X509TrustManagerExtensions(trustManager)

    override fun checkServer(chain: List<ByteArray>, authType: String, host: String) {
        try {
            val factory = CertificateFactory.getInstance("X.509")
            val certificates = chain.map { factory.generateCertificate(ByteArrayInputStream(it)) as X509Certificate }
            judge.checkServerTrusted(certificates.toTypedArray(), authType, host)
        } catch (e: CertificateException) {
            throw refusal(e)
        }
    }

    private fun refusal(error: CertificateException): CertificateRefused {
        val causes = generateSequence<Throwable>(error) { it.cause }.take(MAX_CAUSES).toList()
        val reason = causes.filterIsInstance<CertPathValidatorException>().firstOrNull()?.reason
        return when {
            causes.any { it is CertificateExpiredException } || reason == BasicReason.EXPIRED -> CertificateRefused.Expired()
            causes.any { it is CertificateNotYetValidException } || reason == BasicReason.NOT_YET_VALID ->
                CertificateRefused.NotYetValid()
            causes.any { it is CertPathValidatorException } -> CertificateRefused.UnknownIssuer()
            else -> CertificateRefused.Other(error.message ?: error.javaClass.simpleName)
        }
    }

    private companion object {
        const val MAX_CAUSES = 8

        fun systemTrustManager(): X509TrustManager {
            val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
            factory.init(null as KeyStore?)
            return factory.trustManagers.filterIsInstance<X509TrustManager>().first()
        }
    }
}
