//! The JNI door: Kotlin's `Surfaces` hands over a Surface per tile.

use jni::EnvUnowned;
use jni::errors::{Error, LogErrorAndDefault};
use jni::objects::{JClass, JObject, JString};
use jni::sys::jlong;
use ndk::native_window::NativeWindow;

use super::renderers::Tiles;

/// Every tile of this process: a Surface may be there before the core shows its source, and after.
pub(super) static TILES: Tiles<NativeWindow> = Tiles::new();

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
