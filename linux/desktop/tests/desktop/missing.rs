//! No bus, or one that goes away: everything is answered, nothing hangs.

use std::time::Instant;

use treff_desktop::{
    Awake, BusAddress, Command, Event, Failure, Instance, Notice, Options, Subject, Touch, Wish,
};

use crate::bus::{PATIENCE, PrivateBus, Treff};

fn wishes() -> [(Command, Wish); 4] {
    let notice = Notice {
        subject: Subject::Call,
        title: "Treffen".to_owned(),
        body: String::new(),
        buttons: Vec::new(),
    };
    [
        (Command::Notify(notice), Wish::Notice),
        (Command::KeepAwake { awake: Awake::Screen, reason: "Treffen".to_owned() }, Wish::Awake),
        (Command::OpenUri { uri: "file:///etc/passwd".to_owned(), ask: false }, Wish::OpenUri),
        (Command::Touch(Touch::Control), Wish::Touch),
    ]
}

#[test]
fn in_a_bare_terminal_every_wish_is_answered() {
    let nowhere = BusAddress::At("unix:path=/nonexistent/bus".to_owned());
    let ada = Treff::start(Options {
        links: vec!["https://meet.example.org/Pub".to_owned()],
        session: nowhere.clone(),
        system: nowhere,
        sandboxed: false,
        activation_token: None,
        downloads: None,
    });
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::Alone(Failure::NoBus));
    ada.hears(&Event::Failed { wish: Wish::Appearance, failure: Failure::NoBus });
    for (command, wish) in wishes() {
        ada.desktop.dispatch(command);
        let expected = if wish == Wish::OpenUri { Failure::Unsuitable } else { Failure::NoBus };
        ada.hears(&Event::Failed { wish, failure: expected });
    }
}

#[test]
fn when_the_bus_goes_away_in_a_call_every_wish_is_answered_and_the_end_is_quick() {
    let mut bus = PrivateBus::start();
    let ada = bus.treff();
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::First);
    ada.hears(&Event::Failed { wish: Wish::Appearance, failure: Failure::Missing });
    bus.stop();
    for (command, wish) in wishes() {
        ada.desktop.dispatch(command);
        ada.hear(|event| match event {
            Event::Failed { wish: failed, .. } if *failed == wish => Some(()),
            _ => None,
        });
    }
    let start = Instant::now();
    drop(ada);
    assert!(start.elapsed() < PATIENCE / 4);
}
