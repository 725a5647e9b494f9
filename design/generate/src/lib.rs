//! Reads `design/` and writes it again for each front end.
//!
//! In: `tokens.json`, `icons/*.svg` and `icon.svg`. Out: Slint globals (for the Linux app's build script), and Android's
//! colours, dimensions and vector drawables (for the binary `treff-design`). Nothing here decides how anything looks.
#![warn(missing_docs)]

pub mod android;
mod colour;
mod drawing;
mod error;
pub mod slint;
mod tokens;

use std::path::{Path, PathBuf};

pub use colour::Colour;
pub use drawing::{Drawing, Shape};
pub use error::DesignError;
pub use tokens::{Colours, Tokens};

/// Everything `design/` holds.
#[derive(Clone, Debug)]
pub struct Design {
    /// Colours, sizes, times.
    pub tokens: Tokens,
    /// The icons by name, in the order of their names.
    pub icons: Vec<(String, Drawing)>,
    /// The application's own icon.
    pub app_icon: Drawing,
    folder: PathBuf,
}

impl Design {
    /// Reads the folder.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be; the error names it.
    pub fn read(folder: &Path) -> Result<Self, DesignError> {
        let tokens = Tokens::parse(&text(&folder.join("tokens.json"))?)?;
        let mut icons = Vec::new();
        for name in icon_names(folder)? {
            let path = folder.join("icons").join(format!("{name}.svg"));
            icons.push((name.clone(), Drawing::parse(&name, &text(&path)?)?));
        }
        let app_icon = Drawing::parse("icon", &text(&folder.join("icon.svg"))?)?;
        Ok(Self { tokens, icons, app_icon, folder: folder.to_owned() })
    }

    /// Where it was read from.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder this crate was built beside.
    pub fn home() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
    }
}

fn text(path: &Path) -> Result<String, DesignError> {
    std::fs::read_to_string(path).map_err(|source| DesignError::File { path: path.to_owned(), source })
}

fn icon_names(folder: &Path) -> Result<Vec<String>, DesignError> {
    let icons = folder.join("icons");
    let listing =
        std::fs::read_dir(&icons).map_err(|source| DesignError::File { path: icons.clone(), source })?;
    let mut names: Vec<String> = listing
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".svg").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests;
