//! Going on without a window.

use futures_lite::future::block_on;
use treff_desktop::{Command, Event, Failure, Options, Wish};
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, Value};
use zbus::{Connection, fdo, interface};

use crate::bus::{PrivateBus, Treff};
use crate::portal::{self, Diary};

struct BackgroundPortal {
    granted: bool,
}

#[interface(name = "org.freedesktop.portal.Background")]
impl BackgroundPortal {
    async fn request_background(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        _window: String,
        options: portal::Options,
    ) -> fdo::Result<OwnedObjectPath> {
        let results = [("background", Value::from(self.granted))].into();
        portal::answer(connection, &header, &options, &Diary::default(), 0, results).await
    }
}

fn answer(sandboxed: bool, granted: bool) -> Event {
    let bus = PrivateBus::start();
    let _portal = block_on(portal::stand_in(&bus, BackgroundPortal { granted }));
    let ada = Treff::start(Options { sandboxed, ..bus.options() });
    ada.desktop.dispatch(Command::StayInBackground { reason: "Das Treffen geht weiter".to_owned() });
    ada.hear(|event| match event {
        Event::Done(Wish::Background) | Event::Failed { wish: Wish::Background, .. } => Some(event.clone()),
        _ => None,
    })
}

#[test]
fn a_sandbox_asks_and_hears_the_answer() {
    assert_eq!(answer(true, true), Event::Done(Wish::Background));
    assert_eq!(answer(true, false), Event::Failed { wish: Wish::Background, failure: Failure::Refused });
}

#[test]
fn outside_a_sandbox_nobody_has_to_be_asked() {
    assert_eq!(answer(false, false), Event::Done(Wish::Background));
}
