//! Lays out what a Linux package of Treff has beside the binary, as the tree that goes below a prefix.
//!
//! In: the command line as the binary has it, `design/icon.svg`, the files in `files/`, `Cargo.lock`. Out: shell
//! completions, the manual, icons of every size, the desktop's files, the Debian changelog, the list of crates for
//! Flatpak. It runs when a package is made, so that the binary carries none of this.

// The binary's own command line, compiled a second time: completions and manual cannot differ from it.
#[path = "../../src/arguments.rs"]
mod arguments;
mod changelog;
mod crates;
mod icons;
mod texts;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

/// Where things lie in the source.
const HERE: &str = env!("CARGO_MANIFEST_DIR");

#[derive(Debug, Parser)]
struct Wish {
    /// The folder to lay everything out in; made if it is not there.
    out: PathBuf,
    /// Where the package's files will be.
    #[arg(long, default_value = "/usr")]
    prefix: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let wish = Wish::parse();
    let share = wish.out.join("share");
    let files = Path::new(HERE).join("files");
    let metainfo = fs::read_to_string(files.join("org.treffmeet.treff.metainfo.xml"))?;

    copy(&files, "org.treffmeet.treff.desktop", &share.join("applications"))?;
    copy(&files, "org.treffmeet.treff.metainfo.xml", &share.join("metainfo"))?;
    let service = fs::read_to_string(files.join("org.treffmeet.treff.service"))?;
    let service = service.replace("/usr/", &format!("{}/", wish.prefix.trim_end_matches('/')));
    write(&share.join("dbus-1/services"), "org.treffmeet.treff.service", service.as_bytes())?;

    texts::write_all(&share, &changelog::date(&metainfo)?)?;
    icons::write_all(&share.join("icons/hicolor"), &Path::new(HERE).join("../../design/icon.svg"), &files)?;
    write(&wish.out, "changelog.Debian", changelog::debian(&metainfo)?.as_bytes())?;
    let lock = fs::read_to_string(Path::new(HERE).join("../../Cargo.lock"))?;
    write(&wish.out, "cargo-sources.json", crates::flatpak_sources(&lock)?.as_bytes())?;
    Ok(())
}

/// Writes a file and the folders above it.
fn write(folder: &Path, name: &str, content: &[u8]) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(name), content).map_err(|error| format!("{name}: {error}").into())
}

fn copy(from: &Path, name: &str, to: &Path) -> Result<(), Box<dyn Error>> {
    write(to, name, &fs::read(from.join(name))?)
}
