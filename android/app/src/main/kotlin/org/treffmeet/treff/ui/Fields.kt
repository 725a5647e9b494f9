package org.treffmeet.treff.ui

import android.content.Context
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.LinearLayout
import org.treffmeet.treff.R

/** What is typed into a field, for its keyboard. */
enum class Typing { LINK, NAME, PASSWORD, MESSAGE, SEARCH }

/** A text field in a frame, with room for a button at its end. */
class Field(context: Context, hint: CharSequence, typing: Typing) : LinearLayout(context) {
    val edit = EditText(context)

    init {
        gravity = android.view.Gravity.CENTER_VERTICAL
        background = context.shape(R.color.surface, R.dimen.radius_card, R.color.outline_control, 2f)
        minimumHeight = context.size(R.dimen.size_field)
        val side = context.size(R.dimen.space_base)
        setPadding(0, 0, context.size(R.dimen.space_hair), 0)
        edit.apply {
            style(R.dimen.type_body, R.color.text, semibold = false)
            setHintTextColor(context.colour(R.color.text_quiet))
            this.hint = hint
            background = null
            minHeight = context.size(R.dimen.size_field)
            setPadding(side, context.size(R.dimen.space_tight), context.size(R.dimen.space_tight), context.size(R.dimen.space_tight))
            inputType = when (typing) {
                Typing.LINK -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_URI
                Typing.NAME -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PERSON_NAME or InputType.TYPE_TEXT_FLAG_CAP_WORDS
                Typing.PASSWORD -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PASSWORD
                Typing.MESSAGE -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES or InputType.TYPE_TEXT_FLAG_AUTO_CORRECT or InputType.TYPE_TEXT_FLAG_MULTI_LINE
                Typing.SEARCH -> InputType.TYPE_CLASS_TEXT
            }
            // With an id the system keeps what was typed when it takes the window away.
            id = when (typing) {
                Typing.LINK -> R.id.field_link
                Typing.NAME -> R.id.field_name
                Typing.PASSWORD -> R.id.field_password
                Typing.MESSAGE -> R.id.field_message
                Typing.SEARCH -> R.id.field_search
            }
            // A password's hint is read as other hints are.
            typeface = android.graphics.Typeface.DEFAULT
            if (typing == Typing.MESSAGE) maxLines = MESSAGE_LINES
            imeOptions = EditorInfo.IME_FLAG_NO_FULLSCREEN or EditorInfo.IME_ACTION_GO
            // What is typed here is nobody else's business.
            importantForAutofill = IMPORTANT_FOR_AUTOFILL_NO
        }
        after(edit, width = 0, weight = 1f)
    }

    var value: String
        get() = edit.text.toString()
        set(text) {
            if (text != value) {
                edit.setText(text)
                edit.setSelection(text.length)
            }
        }

    /** Calls [go] when the keyboard's own button is pressed. */
    fun onGo(go: () -> Unit) = edit.setOnEditorActionListener { _, _, _ ->
        go()
        true
    }

    fun onEdited(edited: (String) -> Unit) = edit.addTextChangedListener(object : TextWatcher {
        override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit
        override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit
        override fun afterTextChanged(text: Editable?) = edited(text.toString())
    })

    private companion object {
        const val MESSAGE_LINES = 4
    }
}
