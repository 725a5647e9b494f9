//! Makes the Slint globals of the design and compiles the screens with their translations.

use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;

use slint_build::{CompilerConfiguration, DefaultTranslationContext, EmbedResourcesKind};
use treff_design::{Design, slint};

fn main() -> Result<(), Box<dyn Error>> {
    let home = Design::home();
    for part in ["tokens.json", "icons", "icon.svg"] {
        println!("cargo::rerun-if-changed={}", home.join(part).display());
    }
    println!("cargo::rerun-if-changed=lang");
    let generated = PathBuf::from(std::env::var("OUT_DIR")?).join("design");
    slint::write(&Design::read(&home)?, &generated)?;
    let configuration = CompilerConfiguration::new()
        .with_library_paths(HashMap::from([("design".to_owned(), generated)]))
        .embed_resources(EmbedResourcesKind::EmbedFiles)
        .with_bundled_translations("lang")
        // Words are few and mean the same everywhere; where they do not, the context is written beside them.
        .with_default_translation_context(DefaultTranslationContext::None)
        .with_style("fluent".to_owned());
    slint_build::compile_with_config("ui/app.slint", configuration)?;
    Ok(())
}
