//! Writes the Kotlin side of treff-ffi from a built library. In a package of its own, so that the generator's
//! dependencies never reach the app.

fn main() {
    uniffi::uniffi_bindgen_main();
}
