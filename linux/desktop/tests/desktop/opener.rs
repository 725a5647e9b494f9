//! Other programs' links.

use futures_lite::future::block_on;
use treff_desktop::{Command, Event, Failure, Options, Wish};
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, fdo, interface};

use crate::bus::{PrivateBus, Treff};
use crate::portal::{self, Diary};

struct OpenPortal {
    diary: Diary,
    code: u32,
}

#[interface(name = "org.freedesktop.portal.OpenURI")]
impl OpenPortal {
    #[zbus(name = "OpenURI")]
    async fn open_uri(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        _window: String,
        uri: String,
        options: portal::Options,
    ) -> fdo::Result<OwnedObjectPath> {
        let ask = options["ask"].downcast_ref::<bool>() == Ok(true);
        portal::note(&self.diary, format!("{uri} {ask}"));
        portal::answer(connection, &header, &options, &self.diary, self.code, [].into()).await
    }
}

fn open(treff: &Treff, uri: &str) {
    treff.desktop.dispatch(Command::OpenUri { uri: uri.to_owned(), ask: true });
}

#[test]
fn a_link_of_another_service_goes_to_the_program_for_it() {
    let bus = PrivateBus::start();
    let diary = Diary::default();
    let _portal = block_on(portal::stand_in(&bus, OpenPortal { diary: diary.clone(), code: 0 }));
    let ada = bus.treff();
    open(&ada, "https://other.example.org/j/1");
    ada.hears(&Event::Done(Wish::OpenUri));
    open(&ada, "file:///etc/passwd");
    ada.hears(&Event::Failed { wish: Wish::OpenUri, failure: Failure::Unsuitable });
    assert_eq!(portal::read(&diary), ["https://other.example.org/j/1 true"]);
}

#[test]
fn a_persons_no_is_final_and_a_sandbox_has_no_other_way() {
    let bus = PrivateBus::start();
    let _portal = block_on(portal::stand_in(&bus, OpenPortal { diary: Diary::default(), code: 1 }));
    let ada = bus.treff();
    open(&ada, "mailto:?subject=Pub");
    ada.hears(&Event::Failed { wish: Wish::OpenUri, failure: Failure::Refused });

    let other = PrivateBus::start();
    let ben = Treff::start(Options { sandboxed: true, ..other.options() });
    open(&ben, "https://other.example.org/j/1");
    ben.hears(&Event::Failed { wish: Wish::OpenUri, failure: Failure::Missing });
}
