//! The JNI door: Kotlin's `Surfaces` hands over a Surface per tile, and draws camera and screen on those of the
//! encoders.

use jni::EnvUnowned;
use jni::errors::{Error, LogErrorAndDefault};
use jni::objects::{JClass, JObject, JString};
use jni::sys::{jint, jlong, jobject};
use ndk::native_window::NativeWindow;

use super::capture::Desks;
use super::renderers::Tiles;

/// Every tile of this process: a Surface may be there before the core shows its source, and after.
pub(super) static TILES: Tiles<NativeWindow> = Tiles::new();

/// Every open camera and screen of this process.
pub(super) static DESKS: Desks<NativeWindow> = Desks::new();

/// `Surfaces.attach(source: String, surface: Surface): Long`: a token for `detach`, 0 if that is no Surface.
#[unsafe(no_mangle)]
extern "system" fn Java_org_treffmeet_treff_core_Surfaces_attach<'a>(
    mut env: EnvUnowned<'a>,
    _: JClass<'a>,
    source: JString<'a>,
    surface: JObject<'a>,
) -> jlong {
    env.with_env(|env| -> Result<jlong, Error> {
        let source = source.try_to_string(env)?;
        // SAFETY: both pointers come from the running JNI call; the window acquires a reference of its own. The casts
        // lead from one version of the JNI's declarations to another.
        let window = unsafe { NativeWindow::from_surface(env.get_raw().cast(), surface.as_raw().cast()) };
        Ok(window.map_or(0, |window| TILES.attach(&source, window).cast_signed()))
    })
    .resolve::<LogErrorAndDefault>()
}

/// `Surfaces.detach(source: String, token: Long)`: when it returns nothing draws there any more.
#[unsafe(no_mangle)]
extern "system" fn Java_org_treffmeet_treff_core_Surfaces_detach<'a>(
    mut env: EnvUnowned<'a>,
    _: JClass<'a>,
    source: JString<'a>,
    token: jlong,
) {
    env.with_env(|env| -> Result<(), Error> {
        let source = source.try_to_string(env)?;
        TILES.detach(&source, token.cast_unsigned());
        Ok(())
    })
    .resolve::<LogErrorAndDefault>();
}

/// `Surfaces.due(handle: Long, nanoseconds: Long, width: Int, height: Int): Int`: camera or screen took a picture, upright of
/// this size. Bit n: draw it for encoding n. Bit 8 + n: encoding n has another Surface than before, or none.
#[unsafe(no_mangle)]
extern "system" fn Java_org_treffmeet_treff_core_Surfaces_due<'a>(
    _: EnvUnowned<'a>,
    _: JClass<'a>,
    handle: jlong,
    nanoseconds: jlong,
    width: jint,
    height: jint,
) -> jint {
    let side = |side: jint| u16::try_from(side).unwrap_or_default();
    let due = DESKS.due(handle.cast_unsigned(), nanoseconds.cast_unsigned(), (side(width), side(height)));
    jint::from(due.draw) | jint::from(due.changed) << 8
}

/// `Surfaces.encoder(handle: Long, encoding: Int): Surface?`: where pictures for that encoding are drawn from now on.
#[unsafe(no_mangle)]
extern "system" fn Java_org_treffmeet_treff_core_Surfaces_encoder<'a>(
    mut env: EnvUnowned<'a>,
    _: JClass<'a>,
    handle: jlong,
    encoding: jint,
) -> jobject {
    env.with_env(|env| -> Result<jobject, Error> {
        let index = usize::try_from(encoding).unwrap_or(usize::MAX);
        let Some(window) = DESKS.surface(handle.cast_unsigned(), index) else {
            return Ok(std::ptr::null_mut());
        };
        // SAFETY: the pointer comes from the running JNI call, which takes the local reference back; the casts lead from
        // one version of the JNI's declarations to another.
        Ok(unsafe { window.to_surface(env.get_raw().cast()) }.cast())
    })
    .resolve::<LogErrorAndDefault>()
}
