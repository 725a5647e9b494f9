package org.treffmeet.treff.running

import android.content.Context
import android.content.Intent
import android.content.pm.ShortcutInfo
import android.content.pm.ShortcutManager
import android.graphics.drawable.Icon
import android.net.Uri
import org.treffmeet.treff.MainActivity
import org.treffmeet.treff.R
import org.treffmeet.treff.core.RecentMeeting
import org.treffmeet.treff.session.Session

/** The last meetings on the launcher's menu of the app, from where they can be pinned; forgotten with the list at home. */
class RecentShortcuts(private val context: Context, private val session: Session) {
    private val launcher = context.getSystemService(ShortcutManager::class.java)
    private var shown: List<RecentMeeting>? = null

    init {
        session.listen(::follow)
    }

    private fun follow() {
        val recent = session.state.snapshot.recent.take(MOST)
        if (recent == shown) return
        shown = recent
        launcher.dynamicShortcuts = recent.mapIndexed(::shortcut)
    }

    private fun shortcut(place: Int, meeting: RecentMeeting): ShortcutInfo =
        ShortcutInfo.Builder(context, meeting.link)
            .setShortLabel(meeting.room.ifEmpty { meeting.server })
            .setRank(place)
            .setIcon(Icon.createWithResource(context, R.mipmap.ic_launcher))
            .setIntent(Intent(Intent.ACTION_VIEW, Uri.parse(meeting.link), context, MainActivity::class.java))
            .build()

    private companion object {
        /** So many a launcher shows at least. */
        const val MOST = 4
    }
}
