package org.treffmeet.treff.testing

import android.app.Activity
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.EditText
import android.widget.TextView

/** Finds things on a screen as a person does: by their words. */
fun Activity.views(): List<View> = window.decorView.all().filter { it.isShown }

fun View.all(): List<View> = listOf(this) + if (this is ViewGroup) (0 until childCount).flatMap { getChildAt(it).all() } else emptyList()

fun Activity.button(words: String): View = found(words) { it is Button && it.text.toString() == words }

/** By what a screen reader says. */
fun Activity.named(words: String): View = found(words) { it.contentDescription?.toString() == words }

fun Activity.says(words: String): Boolean = views().any { it is TextView && it.text.contains(words) }

fun Activity.field(hint: String): EditText = found(hint) { it is EditText && it.hint.toString() == hint } as EditText

private fun Activity.found(words: String, wanted: (View) -> Boolean): View =
    views().firstOrNull(wanted) ?: throw AssertionError("no $words among " + views().mapNotNull { (it as? TextView)?.text ?: it.contentDescription })
