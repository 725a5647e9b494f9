//! Keeping a file: asked for where, or told where.

use std::fs;
use std::path::{Path, PathBuf};

use futures_lite::future::block_on;
use treff_desktop::{BusAddress, Command, Event, Failure, FileToKeep, Kept, Options, Wish};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{Connection, fdo, interface};

use crate::bus::{PrivateBus, Treff};
use crate::portal::{self, Diary};

/// A dialog in which the person picks `place`, or goes away.
struct Chooser {
    diary: Diary,
    place: Option<PathBuf>,
}

#[interface(name = "org.freedesktop.portal.FileChooser")]
impl Chooser {
    async fn save_file(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        _window: String,
        title: String,
        options: portal::Options,
    ) -> fdo::Result<OwnedObjectPath> {
        portal::note(&self.diary, format!("{title}: {}", portal::text(&options, "current_name")));
        let uris: Vec<String> =
            self.place.iter().map(|place| format!("file://{}", place.display())).collect();
        let code = u32::from(self.place.is_none());
        let results = [("uris", Value::from(uris))].into();
        portal::answer(connection, &header, &options, &self.diary, code, results).await
    }
}

fn keep(treff: &Treff) {
    treff.desktop.dispatch(Command::Keep(FileToKeep {
        title: "Für den Kalender speichern".to_owned(),
        name: "Stammtisch.ics".to_owned(),
        content: "BEGIN:VCALENDAR".to_owned(),
    }));
}

fn chooser(bus: &PrivateBus, diary: &Diary, place: Option<&Path>) -> Connection {
    let place = place.map(Path::to_owned);
    block_on(portal::stand_in(bus, Chooser { diary: diary.clone(), place }))
}

#[test]
fn ada_chooses_where_the_file_goes() {
    let (bus, diary) = (PrivateBus::start(), Diary::default());
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path().join("mine.ics");
    let _portal = chooser(&bus, &diary, Some(&place));
    let ada = bus.treff();
    keep(&ada);
    ada.hears(&Event::FileKept(Kept::Chosen));
    assert_eq!(fs::read_to_string(place).expect("the file"), "BEGIN:VCALENDAR");
    assert_eq!(portal::read(&diary), ["Für den Kalender speichern: Stammtisch.ics"]);
}

#[test]
fn who_closes_the_dialog_gets_no_file() {
    let (bus, diary) = (PrivateBus::start(), Diary::default());
    let folder = tempfile::tempdir().expect("a folder");
    let _portal = chooser(&bus, &diary, None);
    let ada = Treff::start(Options { downloads: Some(folder.path().to_owned()), ..bus.options() });
    keep(&ada);
    ada.hears(&Event::Failed { wish: Wish::Keep, failure: Failure::Refused });
    assert_eq!(fs::read_dir(folder.path()).expect("our own folder").count(), 0);
}

#[test]
fn where_nobody_can_ask_it_lies_among_the_downloads() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = Event::FileKept(Kept::In(folder.path().to_owned()));
    let bus = PrivateBus::start();
    let ada = Treff::start(Options { downloads: Some(folder.path().to_owned()), ..bus.options() });
    keep(&ada);
    ada.hears(&kept);
    let nowhere = BusAddress::At("unix:path=/nonexistent/bus".to_owned());
    let ben = Treff::start(Options {
        session: nowhere,
        downloads: Some(folder.path().to_owned()),
        ..bus.options()
    });
    keep(&ben);
    ben.hears(&kept);
    assert_eq!(fs::read_dir(folder.path()).expect("our own folder").count(), 2);
}
