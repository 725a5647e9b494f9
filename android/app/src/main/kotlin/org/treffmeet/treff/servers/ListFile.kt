package org.treffmeet.treff.servers

import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.nio.ByteBuffer

/** What came out of a file that somebody chose as a list of servers. */
sealed interface ListFile {
    data class Read(val text: String) : ListFile
    data object TooLarge : ListFile
    data object Unreadable : ListFile

    companion object {
        /** As much as the core takes for a list. */
        const val MOST_BYTES = 512 * 1024

        /** Reads what [open] gives, and no more of it than a list can be. May take long: the file may be in a cloud. */
        fun read(open: () -> InputStream?): ListFile = careful { open()?.use(::of) } ?: Unreadable

        /** Writes [text]; false if that did not work. */
        fun write(text: String, open: () -> OutputStream?): Boolean = careful { open()?.use { it.write(text.toByteArray()) } } != null

        private fun of(file: InputStream): ListFile {
            val read = ByteArrayOutputStream()
            val part = ByteArray(PART_BYTES)
            while (true) {
                val count = file.read(part)
                if (count < 0) break
                read.write(part, 0, count)
                if (read.size() > MOST_BYTES) return TooLarge
            }
            // Some editors begin a text with a mark.
            return Read(Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read.toByteArray())).toString().removePrefix("\uFEFF"))
        }

        /** Nothing if it failed: what goes wrong in the app that keeps the file comes out here as its own exception. */
        private fun <T> careful(work: () -> T?): T? = try {
            work()
        } catch (_: IOException) {
            null
        } catch (_: RuntimeException) {
            null
        }

        private const val PART_BYTES = 16 * 1024
    }
}
