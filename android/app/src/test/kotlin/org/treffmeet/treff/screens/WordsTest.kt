package org.treffmeet.treff.screens

import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element

/** Every sentence is there in every language, and takes the same things in. */
class WordsTest {
    private val folder = File("app/src/main/res")

    private fun strings(language: String): Map<String, List<String>> {
        val root = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(File(folder, "values$language/strings.xml")).documentElement
        val elements = (0 until root.childNodes.length).map { root.childNodes.item(it) }.filterIsInstance<Element>()
        return elements.filter { it.getAttribute("translatable") != "false" }.associate { element ->
            val items = element.getElementsByTagName("item")
            element.getAttribute("name") to if (element.tagName == "plurals") (0 until items.length).map { items.item(it).textContent } else listOf(element.textContent)
        }
    }

    private fun holes(text: String) = Regex("%\\d\\$[sd]").findAll(text).map { it.value }.toSet()

    @Test fun germanAndFrenchAreComplete() {
        val english = strings("")
        assertTrue(english.size > 200)
        for (language in listOf("-de", "-fr")) {
            val translated = strings(language)
            assertEquals(language, english.keys, translated.keys)
            for ((name, texts) in translated) {
                assertTrue("$language $name", texts.all { it.isNotBlank() })
                for (text in texts) assertEquals("$language $name", holes(english.getValue(name).last()), holes(text))
            }
        }
    }
}
