//! Staying awake in a call, by whatever the desktop has for it.

use std::sync::mpsc::{Sender, channel};

use futures_lite::future::block_on;
use treff_desktop::{Awake, Command, Event, Failure, Instance, Options, Wish};
use zbus::message::Header;
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{Connection, fdo, interface};

use crate::bus::{PATIENCE, PrivateBus, Treff};
use crate::portal::{self, Diary};

fn keep(treff: &Treff, awake: Awake) {
    treff.desktop.dispatch(Command::KeepAwake { awake, reason: "In einem Treffen".to_owned() });
}

struct InhibitPortal {
    diary: Diary,
    code: u32,
}

#[interface(name = "org.freedesktop.portal.Inhibit")]
impl InhibitPortal {
    async fn inhibit(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        _window: String,
        flags: u32,
        options: portal::Options,
    ) -> fdo::Result<OwnedObjectPath> {
        portal::note(&self.diary, format!("inhibit {flags} {}", portal::text(&options, "reason")));
        portal::answer(connection, &header, &options, &self.diary, self.code, [].into()).await
    }
}

#[test]
fn the_portal_keeps_the_screen_on_while_there_is_a_picture_and_lets_go_afterwards() {
    let bus = PrivateBus::start();
    let diary = Diary::default();
    let _portal = block_on(portal::stand_in(&bus, InhibitPortal { diary: diary.clone(), code: 0 }));
    let ada = bus.treff();
    assert_eq!(ada.desktop.instance(PATIENCE), Instance::First);
    for awake in [Awake::Machine, Awake::Screen, Awake::Off] {
        keep(&ada, awake);
        ada.hears(&Event::KeptAwake(awake));
    }
    let expected =
        ["inhibit 4 In einem Treffen", "inhibit 12 In einem Treffen", "close", "close"].map(str::to_owned);
    assert_eq!(portal::read(&diary), expected, "the new hold comes before the old one goes");
}

struct ScreenSaver {
    diary: Diary,
}

#[interface(name = "org.freedesktop.ScreenSaver")]
impl ScreenSaver {
    fn inhibit(&self, app: String, reason: String) -> u32 {
        portal::note(&self.diary, format!("saver {app} {reason}"));
        41
    }

    fn un_inhibit(&self, cookie: u32) {
        portal::note(&self.diary, format!("saver free {cookie}"));
    }
}

/// logind, which holds as long as the descriptor is open.
struct Login {
    ends: Sender<std::os::unix::net::UnixStream>,
}

#[interface(name = "org.freedesktop.login1.Manager")]
impl Login {
    fn inhibit(&self, what: String, _who: String, _why: String, mode: String) -> fdo::Result<OwnedFd> {
        assert_eq!((what.as_str(), mode.as_str()), ("idle", "block"));
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().map_err(fdo::Error::from_io)?;
        let _ = self.ends.send(ours);
        Ok(std::os::fd::OwnedFd::from(theirs).into())
    }
}

trait FromIo {
    fn from_io(error: std::io::Error) -> Self;
}

impl FromIo for fdo::Error {
    fn from_io(error: std::io::Error) -> Self {
        Self::IOError(error.to_string())
    }
}

#[test]
fn where_the_portal_refuses_the_screen_saver_and_logind_are_asked() {
    let bus = PrivateBus::start();
    let diary = Diary::default();
    let (told, ends) = channel();
    let _portal = block_on(portal::stand_in(&bus, InhibitPortal { diary: diary.clone(), code: 2 }));
    let _others = block_on(async {
        let saver = ScreenSaver { diary: diary.clone() };
        let builder = bus.builder().serve_at("/org/freedesktop/ScreenSaver", saver).expect("a path");
        let builder = builder.serve_at("/org/freedesktop/login1", Login { ends: told }).expect("a path");
        let connection = builder.build().await.expect("a connection");
        connection.request_name("org.freedesktop.ScreenSaver").await.expect("a name");
        connection.request_name("org.freedesktop.login1").await.expect("a name");
        connection
    });
    let ada = Treff::start(Options { system: bus.address(), ..bus.options() });
    keep(&ada, Awake::Screen);
    ada.hears(&Event::KeptAwake(Awake::Screen));
    let lock = ends.recv_timeout(PATIENCE).expect("logind was asked");
    assert!(portal::read(&diary).contains(&"saver org.treffmeet.treff In einem Treffen".to_owned()));
    assert!(!closed(&lock), "held while the call is on");
    keep(&ada, Awake::Off);
    ada.hears(&Event::KeptAwake(Awake::Off));
    assert!(portal::read(&diary).contains(&"saver free 41".to_owned()));
    lock.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    assert_eq!(std::io::Read::read(&mut &lock, &mut [0]).expect("an end, not a timeout"), 0);
}

fn closed(stream: &std::os::unix::net::UnixStream) -> bool {
    stream.set_nonblocking(true).expect("a socket");
    let read = std::io::Read::read(&mut &*stream, &mut [0]);
    stream.set_nonblocking(false).expect("a socket");
    matches!(read, Ok(0))
}

#[test]
fn where_nothing_keeps_awake_it_is_said_and_tried_again_the_next_time() {
    let bus = PrivateBus::start();
    let ada = bus.treff();
    keep(&ada, Awake::Screen);
    ada.hears(&Event::Failed { wish: Wish::Awake, failure: Failure::Missing });
    let diary = Diary::default();
    let _portal = block_on(portal::stand_in(&bus, InhibitPortal { diary, code: 0 }));
    keep(&ada, Awake::Screen);
    ada.hears(&Event::KeptAwake(Awake::Screen));
}
