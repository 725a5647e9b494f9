package org.treffmeet.treff.camera

import android.opengl.EGL14
import android.opengl.EGLConfig
import android.opengl.EGLContext
import android.opengl.EGLDisplay
import android.opengl.EGLExt
import android.opengl.EGLSurface
import android.opengl.GLES11Ext
import android.opengl.GLES20
import android.util.Log
import android.view.Surface
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.nio.FloatBuffer

/** OpenGL ES on one thread: paints the texture of a camera or a screen on Surfaces. */
class Painter private constructor(private val display: EGLDisplay, private val config: EGLConfig, private val context: EGLContext, private val nowhere: EGLSurface) {
    /** A Surface that is painted on. */
    class Canvas(internal val target: EGLSurface, val size: Extent)

    /** What is painted. */
    val texture: Int
    private val program: Int
    private val place: Int
    private val corner: Int

    init {
        rest()
        texture = IntArray(1).also { GLES20.glGenTextures(1, it, 0) }[0]
        GLES20.glBindTexture(EXTERNAL, texture)
        GLES20.glTexParameteri(EXTERNAL, GLES20.GL_TEXTURE_MIN_FILTER, GLES20.GL_LINEAR)
        GLES20.glTexParameteri(EXTERNAL, GLES20.GL_TEXTURE_MAG_FILTER, GLES20.GL_LINEAR)
        GLES20.glTexParameteri(EXTERNAL, GLES20.GL_TEXTURE_WRAP_S, GLES20.GL_CLAMP_TO_EDGE)
        GLES20.glTexParameteri(EXTERNAL, GLES20.GL_TEXTURE_WRAP_T, GLES20.GL_CLAMP_TO_EDGE)
        program = GLES20.glCreateProgram()
        for ((kind, text) in listOf(GLES20.GL_VERTEX_SHADER to WHERE, GLES20.GL_FRAGMENT_SHADER to COLOUR)) {
            val shader = GLES20.glCreateShader(kind)
            GLES20.glShaderSource(shader, text)
            GLES20.glCompileShader(shader)
            GLES20.glAttachShader(program, shader)
            // It goes with the program.
            GLES20.glDeleteShader(shader)
        }
        GLES20.glLinkProgram(program)
        place = GLES20.glGetUniformLocation(program, "place")
        corner = GLES20.glGetAttribLocation(program, "corner")
    }

    private val works: Boolean
        get() = IntArray(1).also { GLES20.glGetProgramiv(program, GLES20.GL_LINK_STATUS, it, 0) }[0] == GLES20.GL_TRUE

    /** Paints nowhere for now: a Surface that was painted on last may go away. */
    fun rest() {
        EGL14.eglMakeCurrent(display, nowhere, nowhere, context)
    }

    /** Begins to paint on [surface]; nothing if it is gone already. */
    fun enter(surface: Surface): Canvas? {
        if (!surface.isValid) return null
        val target = try {
            EGL14.eglCreateWindowSurface(display, config, surface, intArrayOf(EGL14.EGL_NONE), 0)
        } catch (_: IllegalArgumentException) {
            // Gone between the two.
            EGL14.EGL_NO_SURFACE
        }
        if (target == null || target == EGL14.EGL_NO_SURFACE) return null
        return Canvas(target, Extent(query(target, EGL14.EGL_WIDTH), query(target, EGL14.EGL_HEIGHT)))
    }

    private fun query(target: EGLSurface, what: Int) = IntArray(1).also { EGL14.eglQuerySurface(display, target, what, it, 0) }[0].coerceAtLeast(1)

    fun leave(canvas: Canvas) {
        rest()
        EGL14.eglDestroySurface(display, canvas.target)
    }

    /** Paints the texture there; [placed] is [Upright.place], [taken] the time for an encoder in nanoseconds. */
    fun paint(canvas: Canvas, placed: FloatArray, taken: Long?) {
        // One that is gone says so here, and its owner takes it away.
        if (!EGL14.eglMakeCurrent(display, canvas.target, canvas.target, context)) return
        // Nothing here waits for the screen.
        EGL14.eglSwapInterval(display, 0)
        GLES20.glViewport(0, 0, canvas.size.width, canvas.size.height)
        GLES20.glUseProgram(program)
        GLES20.glActiveTexture(GLES20.GL_TEXTURE0)
        GLES20.glBindTexture(EXTERNAL, texture)
        GLES20.glUniformMatrix4fv(place, 1, false, placed, 0)
        GLES20.glEnableVertexAttribArray(corner)
        GLES20.glVertexAttribPointer(corner, 2, GLES20.GL_FLOAT, false, 0, CORNERS)
        GLES20.glDrawArrays(GLES20.GL_TRIANGLE_STRIP, 0, 4)
        taken?.let { EGLExt.eglPresentationTimeANDROID(display, canvas.target, it) }
        EGL14.eglSwapBuffers(display, canvas.target)
    }

    fun close() {
        GLES20.glDeleteProgram(program)
        GLES20.glDeleteTextures(1, intArrayOf(texture), 0)
        EGL14.eglMakeCurrent(display, EGL14.EGL_NO_SURFACE, EGL14.EGL_NO_SURFACE, EGL14.EGL_NO_CONTEXT)
        EGL14.eglDestroySurface(display, nowhere)
        EGL14.eglDestroyContext(display, context)
        EGL14.eglReleaseThread()
        EGL14.eglTerminate(display)
    }

    companion object {
        private const val TAG = "Treff"
        private const val EXTERNAL = GLES11Ext.GL_TEXTURE_EXTERNAL_OES

        /** EGL_RECORDABLE_ANDROID: what is painted can be encoded. */
        private const val RECORDABLE = 0x3142

        private val CORNERS: FloatBuffer = ByteBuffer.allocateDirect(4 * 2 * Float.SIZE_BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer().apply {
            // One by one: that leaves the buffer at its beginning.
            floatArrayOf(0f, 0f, 1f, 0f, 0f, 1f, 1f, 1f).forEachIndexed { at, side -> put(at, side) }
        }

        private const val WHERE = """
            attribute vec2 corner;
            uniform mat4 place;
            varying vec2 at;
            void main() {
                gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
                at = (place * vec4(corner, 0.0, 1.0)).xy;
            }
        """

        private const val COLOUR = """
            #extension GL_OES_EGL_image_external : require
            precision mediump float;
            uniform samplerExternalOES camera;
            varying vec2 at;
            void main() {
                gl_FragColor = texture2D(camera, at);
            }
        """

        /** Nothing if the phone's graphics do not work. */
        fun make(): Painter? {
            val display = EGL14.eglGetDisplay(EGL14.EGL_DEFAULT_DISPLAY)
            val version = IntArray(2)
            if (!EGL14.eglInitialize(display, version, 0, version, 1)) return refused("display")
            val wanted = intArrayOf(
                EGL14.EGL_RED_SIZE, 8, EGL14.EGL_GREEN_SIZE, 8, EGL14.EGL_BLUE_SIZE, 8, EGL14.EGL_RENDERABLE_TYPE, EGL14.EGL_OPENGL_ES2_BIT,
                EGL14.EGL_SURFACE_TYPE, EGL14.EGL_WINDOW_BIT or EGL14.EGL_PBUFFER_BIT, RECORDABLE, 1, EGL14.EGL_NONE,
            )
            val configs = arrayOfNulls<EGLConfig>(1)
            val count = IntArray(1)
            EGL14.eglChooseConfig(display, wanted, 0, configs, 0, 1, count, 0)
            val config = configs[0].takeIf { count[0] > 0 } ?: return refused("configuration")
            val context = EGL14.eglCreateContext(display, config, EGL14.EGL_NO_CONTEXT, intArrayOf(EGL14.EGL_CONTEXT_CLIENT_VERSION, 2, EGL14.EGL_NONE), 0)
            if (context == EGL14.EGL_NO_CONTEXT) return refused("context")
            val nowhere = EGL14.eglCreatePbufferSurface(display, config, intArrayOf(EGL14.EGL_WIDTH, 1, EGL14.EGL_HEIGHT, 1, EGL14.EGL_NONE), 0)
            if (nowhere == EGL14.EGL_NO_SURFACE) return refused("surface")
            val painter = Painter(display, config, context, nowhere)
            if (painter.works) return painter
            painter.close()
            return refused("program")
        }

        private fun refused(what: String): Painter? {
            Log.w(TAG, "No $what to paint pictures with: error ${EGL14.eglGetError()}.")
            return null
        }
    }
}
