package org.treffmeet.treff.ui

import android.view.View
import android.view.accessibility.AccessibilityNodeInfo

/** Tells a screen reader what a view of ours is, in the words of the framework's own views. */
fun View.role(kind: Class<out View>, checked: (() -> Boolean)? = null) {
    accessibilityDelegate = object : View.AccessibilityDelegate() {
        override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
            super.onInitializeAccessibilityNodeInfo(host, info)
            info.className = kind.name
            if (checked != null) {
                info.isCheckable = true
                info.isChecked = checked()
            }
        }
    }
}

/** What a tap does, in a screen reader's "double tap to …". */
fun View.tapDoes(words: String, checked: (() -> Boolean)? = null) {
    accessibilityDelegate = object : View.AccessibilityDelegate() {
        override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
            super.onInitializeAccessibilityNodeInfo(host, info)
            info.className = android.widget.Button::class.java.name
            if (checked != null) {
                info.isCheckable = true
                info.isChecked = checked()
            }
            info.addAction(AccessibilityNodeInfo.AccessibilityAction(AccessibilityNodeInfo.ACTION_CLICK, words))
        }
    }
}

/** Read as one thing; its parts are silent. */
fun View.readAs(words: String) {
    contentDescription = words
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_YES
    if (this is android.view.ViewGroup) for (index in 0 until childCount) {
        getChildAt(index).importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
    }
}
