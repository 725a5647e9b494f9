//! What the hand feels.

use std::collections::HashMap;
use std::sync::mpsc::{Sender, channel};

use futures_lite::future::block_on;
use treff_desktop::{Command, Event, Failure, Touch, Wish};
use zbus::interface;
use zbus::zvariant::OwnedValue;

use crate::bus::{PATIENCE, PrivateBus};

struct Feedback {
    felt: Sender<(String, String, i32)>,
}

#[interface(name = "org.sigxcpu.Feedback")]
impl Feedback {
    fn trigger_feedback(
        &self,
        app: String,
        event: String,
        _hints: HashMap<String, OwnedValue>,
        timeout: i32,
    ) -> u32 {
        let _ = self.felt.send((app, event, timeout));
        1
    }
}

#[test]
fn a_knock_is_felt_on_a_phone_and_nowhere_else() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    ada.desktop.dispatch(Command::Touch(Touch::Knock));
    ada.hears(&Event::Failed { wish: Wish::Touch, failure: Failure::Missing });

    let (told, felt) = channel();
    let _phone = block_on(async {
        let builder =
            bus.builder().serve_at("/org/sigxcpu/Feedback", Feedback { felt: told }).expect("a path");
        builder.name("org.sigxcpu.Feedback").expect("a name").build().await.expect("a connection")
    });
    ada.desktop.dispatch(Command::Touch(Touch::Knock));
    let expected = ("org.treffmeet.treff".to_owned(), "message-new-instant".to_owned(), -1);
    assert_eq!(felt.recv_timeout(PATIENCE).expect("felt"), expected);
}
