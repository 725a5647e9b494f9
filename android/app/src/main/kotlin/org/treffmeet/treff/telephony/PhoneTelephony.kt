package org.treffmeet.treff.telephony

import android.content.ComponentName
import android.content.Context
import android.net.Uri
import android.os.Bundle
import android.telecom.PhoneAccount
import android.telecom.PhoneAccountHandle
import android.telecom.TelecomManager
import android.util.Log
import org.treffmeet.treff.R

/** Asks the system's telephony for a call that this app manages by itself; tablets and some others have no telephony. */
class PhoneTelephony(private val context: Context) : Telephony {
    private val account = PhoneAccountHandle(ComponentName(context, LineService::class.java), "meetings")

    override fun place(): Boolean {
        if (FEATURES.none(context.packageManager::hasSystemFeature)) return false
        val telecom = context.getSystemService(TelecomManager::class.java) ?: return false
        return try {
            ask(telecom)
        } catch (refused: RuntimeException) {
            // Whatever the telephony of this maker does not like: a call goes on without it.
            Log.w(TAG, "No call at the telephony: ${refused.javaClass.simpleName}.")
            false
        }
    }

    private fun ask(telecom: TelecomManager): Boolean {
        val ours = PhoneAccount.builder(account, context.getString(R.string.app_name))
            .setCapabilities(PhoneAccount.CAPABILITY_SELF_MANAGED)
            .addSupportedUriScheme(PhoneAccount.SCHEME_SIP)
            .build()
        telecom.registerPhoneAccount(ours)
        if (!telecom.isOutgoingCallPermitted(account)) return false
        telecom.placeCall(NOBODY, Bundle().apply { putParcelable(TelecomManager.EXTRA_PHONE_ACCOUNT_HANDLE, account) })
        return true
    }

    private companion object {
        const val TAG = "Treff"

        /** PackageManager.FEATURE_TELECOM, of API 33, and what it was before. */
        val FEATURES = listOf("android.software.telecom", "android.software.connectionservice")

        /** Who is called: the telephony wants an address, and a meeting's link is none of its business. */
        val NOBODY: Uri = Uri.fromParts(PhoneAccount.SCHEME_SIP, "meeting", null)
    }
}
