//! Keeping a file for the person: by the portal's dialog, in which they choose the place; where nobody can ask, in the
//! folder for downloads, under a name that nothing there has yet.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::bus::Peer;
use crate::desktop::{Context, Outbox};
use crate::event::{Event, Wish};
use crate::failure::Failure;
use crate::portal::{self, Request};

const CHOOSER: Peer = portal::peer("org.freedesktop.portal.FileChooser");
/// Characters of a file's name that are kept.
const NAME: usize = 80;
/// Files of one name that lie beside each other at most.
const NAMESAKES: u32 = 1000;

/// A file to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileToKeep {
    /// The dialog's title, translated.
    pub title: String,
    /// The name that is proposed; what no file name may hold is left out.
    pub name: String,
    /// What stands in it.
    pub content: String,
}

/// Where a file was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Where the person wanted it.
    Chosen,
    /// In this folder, since nobody could be asked.
    In(PathBuf),
}

/// Keeps the file and tells how it went.
pub(crate) async fn keep(context: Context, file: FileToKeep) {
    let kept = match by_dialog(&context, &file).await {
        // A person's no is final; a portal that is not there or not working is not.
        Err(Failure::Missing | Failure::NoBus | Failure::Broken | Failure::TimedOut)
            if !context.sandboxed =>
        {
            in_folder(context.downloads.as_deref(), &file)
        }
        kept => kept,
    };
    tell(&context.outbox, kept);
}

pub(crate) fn tell(outbox: &Outbox, kept: Result<Kept, Failure>) {
    match kept {
        Ok(kept) => outbox.tell(Event::FileKept(kept)),
        Err(failure) => outbox.failed(Wish::Keep, failure),
    }
}

async fn by_dialog(context: &Context, file: &FileToKeep) -> Result<Kept, Failure> {
    let mut request = Request::start(&context.bus, CHOOSER, "SaveFile", |mut options| {
        options.insert("current_name", plain(&file.name).into());
        ("", file.title.as_str(), options)
    })
    .await?;
    let results = request.response().await?;
    let uris = results.get("uris").and_then(|uris| uris.try_clone().ok()).ok_or(Failure::Broken)?;
    let uris = Vec::<String>::try_from(uris).map_err(|_| Failure::Broken)?;
    let path = uris.first().and_then(|uri| path(uri)).ok_or(Failure::Broken)?;
    // The person named this file, and the dialog asked before one is replaced.
    std::fs::write(path, &file.content).map_err(|error| refused(&error))?;
    Ok(Kept::Chosen)
}

/// The path of a `file:` address on this machine.
fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let bytes: Vec<u8> = percent_decode_str(rest).collect();
    Some(PathBuf::from(std::ffi::OsString::from_vec(bytes))).filter(|path| path.is_absolute())
}

/// Keeps the file without a question.
pub(crate) fn in_folder(folder: Option<&Path>, file: &FileToKeep) -> Result<Kept, Failure> {
    let folder = folder.ok_or(Failure::Missing)?;
    let name = plain(&file.name);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, "txt"));
    for number in 1..=NAMESAKES {
        let name = match number {
            1 => format!("{stem}.{extension}"),
            number => format!("{stem} ({number}).{extension}"),
        };
        let opened = OpenOptions::new().write(true).create_new(true).open(folder.join(name));
        match opened {
            Ok(mut opened) => {
                opened.write_all(file.content.as_bytes()).map_err(|error| refused(&error))?;
                return Ok(Kept::In(folder.to_owned()));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(&error)),
        }
    }
    Err(Failure::Refused)
}

fn refused(error: &io::Error) -> Failure {
    tracing::debug!(kind = ?error.kind(), "A file could not be kept.");
    match error.kind() {
        io::ErrorKind::NotFound => Failure::Missing,
        _ => Failure::Refused,
    }
}

/// A name that is a plain one everywhere, however it was made.
fn plain(name: &str) -> String {
    let fits = |c: &char| c.is_alphanumeric() || "-_. ".contains(*c);
    let name: String = name.chars().filter(fits).take(NAME).collect();
    let name = name.trim_matches([' ', '.']);
    if name.is_empty() { "Treff.txt".to_owned() } else { name.to_owned() }
}

/// The folder for downloads of this person: as `user-dirs.dirs` says (xdg-user-dirs), else the home folder.
pub(crate) fn downloads(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> Option<PathBuf> {
    let home = variable("HOME").map(PathBuf::from).filter(|home| home.is_absolute())?;
    let config = variable("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let config = config.unwrap_or_else(|| home.join(".config"));
    let dirs = std::fs::read_to_string(config.join("user-dirs.dirs")).unwrap_or_default();
    let named = dirs.lines().find_map(|line| {
        let value = line.trim().strip_prefix("XDG_DOWNLOAD_DIR=")?.trim().trim_matches('"');
        match value.strip_prefix("$HOME/") {
            Some(rest) => Some(home.join(rest)),
            None => Some(PathBuf::from(value)).filter(|path| path.is_absolute()),
        }
    });
    Some(named.filter(|folder| folder.is_dir()).unwrap_or(home))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_lead_nowhere() {
        for (name, expected) in [
            ("Stammtisch.ics", "Stammtisch.ics"),
            ("../../.bashrc", "bashrc"),
            ("a/b\\c\n.ics", "abc.ics"),
            ("Müller & Söhne.ics", "Müller  Söhne.ics"),
            ("...", "Treff.txt"),
        ] {
            assert_eq!(plain(name), expected, "{name:?}");
        }
        assert_eq!(plain(&"x".repeat(500)).len(), NAME);
    }

    #[test]
    fn addresses_of_the_dialog_become_paths() {
        assert_eq!(path("file:///home/ada/Mein%20Treffen.ics"), Some("/home/ada/Mein Treffen.ics".into()));
        assert_eq!(path("file:///home/ada/%C3%84.ics"), Some("/home/ada/Ä.ics".into()));
        assert_eq!(path("https://example.org/a.ics"), None);
        assert_eq!(path("file://elsewhere/a.ics"), None);
    }

    #[test]
    fn a_file_never_replaces_another_and_says_where_it_is() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = FileToKeep {
            title: String::new(),
            name: "Stammtisch.ics".to_owned(),
            content: "BEGIN:VCALENDAR".to_owned(),
        };
        for _ in 0..2 {
            assert_eq!(in_folder(Some(folder.path()), &file), Ok(Kept::In(folder.path().to_owned())));
        }
        let mut names: Vec<_> = std::fs::read_dir(folder.path())
            .expect("our own folder")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a plain name"))
            .collect();
        names.sort();
        assert_eq!(names, ["Stammtisch (2).ics", "Stammtisch.ics"]);
        assert_eq!(in_folder(None, &file), Err(Failure::Missing));
        assert_eq!(in_folder(Some(Path::new("/nonexistent")), &file), Err(Failure::Missing));
    }

    #[test]
    fn downloads_go_where_the_desktop_says() {
        let home = tempfile::tempdir().expect("a folder");
        let path = |name: &str| home.path().join(name);
        let variable = |name: &str| (name == "HOME").then(|| home.path().as_os_str().to_owned());
        assert_eq!(downloads(variable), Some(home.path().to_owned()));
        std::fs::create_dir_all(path("Heruntergeladenes")).expect("our own folder");
        std::fs::create_dir_all(path(".config")).expect("our own folder");
        let dirs = "# made by xdg-user-dirs\nXDG_DOWNLOAD_DIR=\"$HOME/Heruntergeladenes\"\n";
        std::fs::write(path(".config/user-dirs.dirs"), dirs).expect("our own folder");
        assert_eq!(downloads(variable), Some(path("Heruntergeladenes")));
        assert_eq!(downloads(|_| None), None);
    }
}
