package org.treffmeet.treff.call

import android.animation.ValueAnimator
import android.content.Context
import android.graphics.Rect
import android.view.Gravity
import android.view.View
import android.view.accessibility.AccessibilityManager
import android.widget.FrameLayout
import android.widget.LinearLayout
import org.treffmeet.treff.R
import org.treffmeet.treff.chat.ChatPresenter
import org.treffmeet.treff.chat.ChatView
import org.treffmeet.treff.invite.InvitePresenter
import org.treffmeet.treff.invite.InviteView
import org.treffmeet.treff.people.PeoplePresenter
import org.treffmeet.treff.people.PeopleView
import org.treffmeet.treff.ui.ScreenView
import org.treffmeet.treff.ui.SheetFrame
import org.treffmeet.treff.ui.Weight
import org.treffmeet.treff.ui.Window
import org.treffmeet.treff.ui.after
import org.treffmeet.treff.ui.below
import org.treffmeet.treff.ui.button
import org.treffmeet.treff.ui.colour
import org.treffmeet.treff.ui.column
import org.treffmeet.treff.ui.dark
import org.treffmeet.treff.ui.dp
import org.treffmeet.treff.ui.fill
import org.treffmeet.treff.ui.heading
import org.treffmeet.treff.ui.onCovered
import org.treffmeet.treff.ui.read
import org.treffmeet.treff.ui.row
import org.treffmeet.treff.ui.shape
import org.treffmeet.treff.ui.shown
import org.treffmeet.treff.ui.size
import org.treffmeet.treff.ui.text
import org.treffmeet.treff.ui.typeScale
import org.treffmeet.treff.ui.wide

/** What the sheets of a call are drawn from. */
class CallSheets(val chat: ChatPresenter, val people: PeoplePresenter, val invite: InvitePresenter, val protection: ProtectionPresenter)

/** The call: pictures fill the screen, a line above, controls below, and one sheet over or beside them. */
class CallView(base: Context, private val presenter: CallPresenter, private val sheets: CallSheets, private val window: Window) : ScreenView {
    private val context = base.dark()
    override val view = FrameLayout(context)
    private val top = TopLine(context)
    private val tiles = TilesView(context, window.ownPicture, ::tapped, presenter::pin) { presenter.open(Sheet.PEOPLE) }
    private val alone = alone()
    private val showers = FrameLayout(context)
    private val banner = BannerView(context, presenter, window)
    private val bar = Bar(context, presenter, window)
    private val beside = FrameLayout(context)
    private val scrim = FrameLayout(context)
    private val screen = context.column()
    private var sheet: Pair<Sheet, ScreenView>? = null
    private var state: CallState? = null
    private var barsShown = true
    private val hide = Runnable { bars(false) }
    private val phone = resources().screenWidthDp < PHONE_DP || resources().screenHeightDp < LOW_DP

    init {
        view.setBackgroundColor(context.colour(R.color.background))
        val edge = context.size(R.dimen.space_tight)
        val pictures = FrameLayout(context).apply {
            fill(tiles)
            fill(alone, height = FrameLayout.LayoutParams.WRAP_CONTENT, gravity = Gravity.CENTER)
            showers.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
            fill(showers)
        }
        val middle = context.column {
            setPadding(edge, 0, edge, 0)
            below(pictures, height = 0, weight = 1f)
            below(banner, edge)
        }
        val across = context.row {
            gravity = Gravity.FILL_VERTICAL
            after(middle, width = 0, height = LinearLayout.LayoutParams.MATCH_PARENT, weight = 1f)
            val column = minOf(context.resources.displayMetrics.widthPixels * COLUMN_SHARE, context.dp(COLUMN_DP) * context.typeScale).toInt()
            after(beside, width = column, height = LinearLayout.LayoutParams.MATCH_PARENT)
        }
        screen.below(top)
        screen.below(across, height = 0, weight = 1f)
        screen.below(bar)
        view.fill(screen)
        scrim.setBackgroundColor(SCRIM)
        scrim.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        scrim.setOnClickListener { presenter.open(null) }
        view.fill(scrim)
        beside.shown = false
        scrim.shown = false
        tiles.onRoom = {
            presenter.room(it, context.typeScale, context.resources.displayMetrics.density)
            view.post(::show)
        }
        view.onCovered(::cover)
    }

    private fun resources() = context.resources.configuration

    private fun cover(covered: Rect) {
        screen.setPadding(covered.left, covered.top, covered.right, covered.bottom)
        scrim.setPadding(covered.left, covered.top, covered.right, 0)
        scrim.getChildAt(0)?.setPadding(0, 0, 0, covered.bottom)
        lastCovered = covered
    }

    private var lastCovered = Rect()

    private fun alone() = context.column {
        background = context.shape(R.color.surface, R.dimen.radius_card, R.color.outline)
        val side = context.size(R.dimen.space_base)
        setPadding(side, side, side, side)
        below(context.heading(context.getString(R.string.alone)).apply { gravity = Gravity.CENTER })
        below(context.text(context.getString(R.string.alone_why)).apply { gravity = Gravity.CENTER }, context.size(R.dimen.space_tight))
        val send = context.button(context.getString(R.string.share_link), Weight.MAIN, R.drawable.ic_send_link) {
            state?.let { window.share(context.getString(R.string.share_text, it.meeting, it.link)) }
        }
        below(send, context.size(R.dimen.space_snug), width = LinearLayout.LayoutParams.WRAP_CONTENT)
        (send.layoutParams as LinearLayout.LayoutParams).gravity = Gravity.CENTER_HORIZONTAL
    }

    /** A touch shows the bars, or hides them; with a screen reader they stay, and a tile is kept large. */
    private fun tapped(subject: Subject?) {
        if (exploring()) subject?.let(presenter::pin) else bars(!barsShown || !mayHide())
    }

    /** With a screen reader everything stays. */
    private fun exploring() = context.getSystemService(AccessibilityManager::class.java).isTouchExplorationEnabled

    private fun mayHide() = state.let { phone && !exploring() && it != null && it.sheet == null && it.banner == null && !it.alone }

    private fun bars(wanted: Boolean) {
        val small = state?.small == true
        barsShown = !small && (wanted || !mayHide())
        top.shown = barsShown
        bar.shown = barsShown
        view.removeCallbacks(hide)
        if (barsShown && mayHide()) view.postDelayed(hide, HIDE_MS)
    }

    override fun show() {
        val now = presenter.state()
        presenter.news()?.let { view.announceForAccessibility(it.read(context)) }
        val before = state
        state = now
        sheet?.second?.let { if (it is MoreView) it.show(now) else it.show() }
        if (now == before) return
        top.show(now)
        tiles.show(now.tiles, now.more)
        alone.shown = now.alone && now.sheet == null && !now.small
        banner.show(now.banner)
        bar.show(now)
        if (now.reactions != before?.reactions) shower(now.reactions)
        if (now.sheet != before?.sheet) open(now)
        if (before == null || now.small != before.small || !mayHide()) bars(true) else if (barsShown && before.let { it.sheet != null || it.banner != null || it.alone }) bars(true)
    }

    private fun open(now: CallState) {
        beside.removeAllViews()
        scrim.removeAllViews()
        beside.shown = false
        scrim.shown = false
        val wanted = now.sheet
        if (wanted == null) {
            sheet = null
            return
        }
        val content: ScreenView = when (wanted) {
            Sheet.CHAT -> ChatView(context, sheets.chat)
            Sheet.PEOPLE -> PeopleView(context, sheets.people)
            Sheet.MORE -> MoreView(context, presenter, window)
            Sheet.INVITE -> InviteView(context, sheets.invite, window)
            Sheet.PROTECTION -> ProtectionView(context, sheets.protection)
        }
        val title = when (wanted) {
            Sheet.CHAT -> R.string.chat
            Sheet.PEOPLE -> R.string.people
            Sheet.MORE -> R.string.more
            Sheet.INVITE -> R.string.invite
            Sheet.PROTECTION -> R.string.protect_room
        }
        sheet = wanted to content
        if (content is MoreView) content.show(now) else content.show()
        val frame = SheetFrame(context, context.getString(title), content.view) { presenter.open(null) }
        if (context.wide) {
            beside.fill(frame)
            beside.shown = true
        } else {
            scrim.addView(frame, FrameLayout.LayoutParams(FrameLayout.LayoutParams.MATCH_PARENT, sheetHeight(), Gravity.BOTTOM))
            scrim.shown = true
            cover(lastCovered)
        }
    }

    /** Large type and low screens need all there is; otherwise the pictures stay in sight. */
    private fun sheetHeight(): Int {
        val share = if (context.typeScale > LARGE || resources().screenHeightDp < LOW_DP) TALL_SHARE else SHEET_SHARE
        return (context.resources.displayMetrics.heightPixels * share).toInt()
    }

    private fun shower(states: List<Shower>) {
        val here = states.map { it.id }.toSet()
        for (index in showers.childCount - 1 downTo 0) if (showers.getChildAt(index).getTag(R.id.row) !in here) showers.removeViewAt(index)
        val known = (0 until showers.childCount).map { showers.getChildAt(it).getTag(R.id.row) }.toSet()
        for (state in states.filter { it.id !in known }) {
            val face = context.column {
                gravity = Gravity.CENTER_HORIZONTAL
                below(context.text(Reactions.face(state.reaction), R.dimen.type_display).apply { gravity = Gravity.CENTER })
                val name = context.text(state.name.read(context), R.dimen.type_small).apply {
                    background = context.shape(R.color.call_label, R.dimen.radius_label)
                    val side = context.size(R.dimen.space_tight)
                    setPadding(side, 0, side, 0)
                }
                below(name, width = LinearLayout.LayoutParams.WRAP_CONTENT)
                setTag(R.id.row, state.id)
            }
            showers.fill(face, FrameLayout.LayoutParams.WRAP_CONTENT, FrameLayout.LayoutParams.WRAP_CONTENT, Gravity.BOTTOM or Gravity.START)
            // Above the names, which stand at the tiles' lower edge.
            (face.layoutParams as FrameLayout.LayoutParams).bottomMargin = context.size(R.dimen.space_vast)
            face.translationX = (showers.width - context.dp(SHOWER_DP)).coerceAtLeast(0) * state.place
            // Nothing moves if the system asks for less of it.
            if (ValueAnimator.areAnimatorsEnabled()) face.animate().translationY(-showers.height * RISE).alpha(0f).setStartDelay(STAY_MS).setDuration(RISE_MS).start()
        }
    }

    private companion object {
        const val PHONE_DP = 600
        const val LOW_DP = 480
        const val COLUMN_SHARE = 0.42f
        const val COLUMN_DP = 360f
        const val SHEET_SHARE = 0.72f
        const val TALL_SHARE = 0.92f
        const val LARGE = 1.4f
        const val HIDE_MS = 4_000L
        const val SCRIM = 0x66000000
        const val SHOWER_DP = 96f
        const val RISE = 0.5f
        const val STAY_MS = 800L
        const val RISE_MS = 3_000L
    }
}
