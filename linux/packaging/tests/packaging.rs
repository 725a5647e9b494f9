//! What a package of Treff must have: checked on the files, and on what `treff-packaging` lays out from them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use roxmltree::{Document, Node};
use serde_json::Value;
use tempfile::TempDir;

const ID: &str = "org.treffmeet.treff";
const SCHEMES: &str = "x-scheme-handler/jitsi-meet;x-scheme-handler/org.jitsi.meet;";

fn here(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn laid_out() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let made =
        Command::new(env!("CARGO_BIN_EXE_treff-packaging")).arg(folder.path()).status().expect("it runs");
    assert!(made.success());
    folder
}

/// Runs a checker of Debian's and expects no complaint.
fn passes(program: &str, arguments: &[&str], file: &Path) {
    let output = Command::new(program)
        .args(arguments)
        .arg(file)
        .output()
        .unwrap_or_else(|error| panic!("{program} is needed (./dev setup installs it): {error}"));
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {told}");
}

#[test]
fn the_launcher_is_valid_and_opens_meeting_links() {
    let text = read(&here("files/org.treffmeet.treff.desktop"));
    // Debian 12's checker does not know this key of version 1.5 yet.
    let known: String = text
        .lines()
        .filter(|line| !line.starts_with("SingleMainWindow"))
        .fold(String::new(), |text, line| text + line + "\n");
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("org.treffmeet.treff.desktop");
    fs::write(&copy, known).expect("a file in our own folder");
    passes("desktop-file-validate", &[], &copy);

    let value =
        |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{key}="))).unwrap_or_default();
    assert_eq!(value("MimeType"), SCHEMES);
    assert_eq!(value("Exec"), "treff %u");
    assert_eq!(value("Icon"), ID);
    assert_eq!(value("SingleMainWindow"), "true");
    assert_eq!(value("X-Purism-FormFactor"), "Workstation;Mobile;");
    assert_eq!(value("DBusActivatable"), "", "the README says why not");
    for key in ["GenericName", "Comment", "Keywords"] {
        for language in ["de", "fr"] {
            assert!(!value(&format!("{key}[{language}]")).is_empty(), "{key} in {language}");
        }
    }
}

#[test]
fn software_centres_get_a_valid_description_in_three_languages() {
    let path = here("files/org.treffmeet.treff.metainfo.xml");
    passes("appstreamcli", &["validate", "--no-net"], &path);
    let text = read(&path);
    let document = Document::parse(&text).expect("XML");
    let root = document.root_element();
    let child = |name: &str| root.children().find(|node| node.has_tag_name(name)).expect("it is there");
    assert_eq!(child("id").text(), Some(ID));
    assert_eq!(child("project_license").text(), Some("GPL-3.0-or-later"));
    let newest = child("releases").children().find(Node::is_element).expect("a release");
    assert_eq!(
        newest.attribute("version"),
        Some(env!("CARGO_PKG_VERSION")),
        "the newest release is this one"
    );
    let length =
        child("requires").children().find(|node| node.has_tag_name("display_length")).expect("a width");
    assert_eq!((length.text(), length.attribute("compare")), (Some("360"), Some("ge")));
    let controls: Vec<_> =
        child("supports").children().filter_map(|node| node.text()).map(str::trim).collect();
    for control in ["pointing", "keyboard", "touch"] {
        assert!(controls.contains(&control), "{control}");
    }
    // Each sentence is followed by its two translations.
    let language = ("http://www.w3.org/XML/1998/namespace", "lang");
    for tag in ["summary", "p", "li", "caption"] {
        let nodes: Vec<_> = root.descendants().filter(|node| node.has_tag_name(tag)).collect();
        assert!(!nodes.is_empty(), "{tag}");
        let languages: Vec<_> = nodes.iter().map(|node| node.attribute(language).unwrap_or("en")).collect();
        for sentence in languages.chunks(3) {
            assert_eq!(sentence, ["en", "de", "fr"], "{tag}");
        }
    }
}

#[test]
fn the_screenshots_named_are_among_the_pictures_drawn() {
    let text = read(&here("files/org.treffmeet.treff.metainfo.xml"));
    let document = Document::parse(&text).expect("XML");
    let names: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("image"))
        .filter_map(|node| node.text()?.strip_prefix("https://treffmeet.org/screenshots/linux/"))
        .collect();
    assert!(!names.is_empty());
    let pictures = here("../ui/screenshots");
    // The pictures come with the screens; until the first is there, there is nothing to compare with.
    if pictures.is_dir() {
        for name in names {
            assert!(pictures.join(name).is_file(), "linux/ui/screenshots/{name}");
        }
    }
}

#[test]
fn completions_and_manual_know_every_option() {
    let folder = laid_out();
    let share = folder.path().join("share");
    let source = read(&here("../src/arguments.rs"));
    assert!(source.contains("resolve"), "the command line moved: look at main.rs");
    let manual = read(&share.join("man/man1/treff-join.1"));
    for script in [
        "bash-completion/completions/treff",
        "zsh/vendor-completions/_treff",
        "fish/vendor_completions.d/treff.fish",
    ] {
        let script = read(&share.join(script));
        for option in ["headless", "password", "receive-height", "bridge-channel", "resolve"] {
            assert!(script.contains(option), "{option}");
            assert!(manual.contains(&option.replace('-', "\\-")), "{option} in the manual");
        }
    }
    assert!(manual.contains("Exit codes"));
    assert!(read(&share.join("man/man1/treff.1")).contains("A small, fast Jitsi Meet client"));
}

#[test]
fn shells_can_read_their_completions() {
    let folder = laid_out();
    passes("bash", &["-n"], &folder.path().join("share/bash-completion/completions/treff"));
}

#[test]
fn the_icon_comes_in_every_size_and_shows_something() {
    let folder = laid_out();
    let hicolor = folder.path().join("share/icons/hicolor");
    for size in [16u32, 24, 32, 48, 64, 96, 128, 256, 512] {
        let file = fs::read(hicolor.join(format!("{size}x{size}/apps/{ID}.png"))).expect("an icon");
        let picture = resvg::tiny_skia::Pixmap::decode_png(&file).expect("a PNG");
        assert_eq!((picture.width(), picture.height()), (size, size));
        let colours: BTreeSet<_> =
            picture.pixels().iter().map(|pixel| [pixel.red(), pixel.alpha()]).collect();
        assert!(colours.len() > 4, "{size}: only {} colours", colours.len());
    }
    let symbolic = read(&hicolor.join(format!("symbolic/apps/{ID}-symbolic.svg")));
    let fills = symbolic.matches("fill=").count();
    assert_eq!(fills, 1, "one colour, which the desktop replaces");
}

#[test]
fn the_bus_starts_the_binary_where_the_package_puts_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let made = Command::new(env!("CARGO_BIN_EXE_treff-packaging"))
        .args(["--prefix", "/app"])
        .arg(folder.path())
        .status()
        .expect("it runs");
    assert!(made.success());
    let service = read(&folder.path().join(format!("share/dbus-1/services/{ID}.service")));
    assert_eq!(service, format!("[D-BUS Service]\nName={ID}\nExec=/app/bin/treff\n"));
}

#[test]
fn the_sandbox_gets_what_it_needs_and_no_more() {
    let manifest: Value =
        serde_json::from_str(&read(&here("flatpak/org.treffmeet.treff.json"))).expect("JSON");
    assert_eq!(manifest["id"], ID);
    let texts = |value: &Value| -> BTreeSet<String> {
        let list = value.as_array().cloned().unwrap_or_default();
        list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let expected = [
        "--share=network",
        "--share=ipc",
        "--socket=wayland",
        "--socket=fallback-x11",
        "--socket=pulseaudio",
        "--device=dri",
        "--talk-name=org.sigxcpu.Feedback",
    ];
    assert_eq!(texts(&manifest["finish-args"]), expected.map(str::to_owned).into());
    let module = &manifest["modules"][0];
    let folder = here("flatpak").join(module["sources"][0]["path"].as_str().expect("a path"));
    assert!(folder.join("Cargo.lock").is_file() && folder.join("linux/packaging/Cargo.toml").is_file());

    // What the commands copy is what is laid out.
    let folder = laid_out();
    let commands = texts(&module["build-commands"]).into_iter().collect::<String>();
    for part in ["applications", "metainfo", "icons", "dbus-1"] {
        assert!(commands.contains(&format!("packaging/share/{part}")), "{part}");
        assert!(folder.path().join("share").join(part).is_dir(), "{part}");
    }
    let sources: Value =
        serde_json::from_str(&read(&folder.path().join("cargo-sources.json"))).expect("JSON");
    let lock = read(&here("../../Cargo.lock"));
    let crates = lock.matches("\nchecksum = ").count();
    assert_eq!(sources.as_array().map(Vec::len), Some(2 * crates + 1));
}

#[test]
fn debian_gets_a_changelog_of_the_releases() {
    let folder = laid_out();
    let changelog = read(&folder.path().join("changelog.Debian"));
    let first = changelog.lines().next().unwrap_or_default().to_owned();
    assert_eq!(first, format!("treff ({}-1) unstable; urgency=medium", env!("CARGO_PKG_VERSION")));
    assert!(changelog.contains("\n -- Treff contributors <"));
}
