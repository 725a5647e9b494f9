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

/** A meeting as a launcher shows it. */
fun shortcut(context: Context, link: String, name: String, place: Int = 0): ShortcutInfo =
    ShortcutInfo.Builder(context, link)
        .setShortLabel(name)
        .setRank(place)
        .setIcon(Icon.createWithResource(context, R.mipmap.ic_launcher))
        .setIntent(Intent(Intent.ACTION_VIEW, Uri.parse(link), context, MainActivity::class.java))
        .build()

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
        shortcut(context, meeting.link, meeting.room.ifEmpty { meeting.server }, place)

    private companion object {
        /** So many a launcher shows at least. */
        const val MOST = 4
    }
}
