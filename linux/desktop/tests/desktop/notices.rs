//! Notices, by the desktop's own service and by the portal.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use futures_lite::future::block_on;
use treff_desktop::{Button, Choice, Command, Event, Failure, Instance, Notice, Options, Subject, Wish};
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, fdo, interface};

use crate::bus::{PATIENCE, PrivateBus, Treff};
use crate::portal::{self, Options as PortalOptions};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What a service was asked to show or to close.
#[derive(Debug, PartialEq)]
enum Asked {
    Show { replaces: u32, title: String, body: String, actions: Vec<String>, urgency: Option<u8> },
    Close(u32),
}

struct Daemon {
    capabilities: Vec<&'static str>,
    asked: Sender<Asked>,
    last: u32,
}

#[interface(name = "org.freedesktop.Notifications")]
impl Daemon {
    fn get_capabilities(&self) -> Vec<&'static str> {
        self.capabilities.clone()
    }

    #[expect(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &mut self,
        _app_name: String,
        replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        _expire: i32,
    ) -> u32 {
        let urgency = hints.get("urgency").and_then(|urgency| urgency.downcast_ref::<u8>().ok());
        let _ = self.asked.send(Asked::Show { replaces, title, body, actions, urgency });
        if replaces == 0 {
            self.last += 1;
            return self.last;
        }
        replaces
    }

    fn close_notification(&self, id: u32) {
        let _ = self.asked.send(Asked::Close(id));
    }
}

struct Service {
    connection: Connection,
    asked: Receiver<Asked>,
}

impl Service {
    fn start(bus: &PrivateBus, capabilities: &[&'static str]) -> Self {
        let (told, asked) = channel();
        let daemon = Daemon { capabilities: capabilities.to_vec(), asked: told, last: 0 };
        let connection = block_on(async {
            let builder = bus.builder().serve_at(PATH, daemon).expect("a path").name(NAME).expect("a name");
            builder.build().await.expect("a connection")
        });
        Self { connection, asked }
    }

    fn asked(&self) -> Asked {
        self.asked.recv_timeout(PATIENCE).expect("the service was asked")
    }

    fn signal(&self, name: &str, body: &(impl serde::Serialize + zbus::zvariant::DynamicType)) {
        block_on(self.connection.emit_signal(None::<&str>, PATH, NAME, name, body)).expect("a signal");
    }
}

fn knock(id: &str, name: &str) -> Notice {
    Notice {
        subject: Subject::Knock(id.to_owned()),
        title: format!("{name} klopft an"),
        body: "Einlassen?".to_owned(),
        buttons: vec![
            Button { choice: Choice::Admit, label: "Einlassen".to_owned() },
            Button { choice: Choice::Refuse, label: "Ablehnen".to_owned() },
        ],
    }
}

fn start(bus: &PrivateBus) -> Treff {
    let treff = bus.treff();
    assert_eq!(treff.desktop.instance(PATIENCE), Instance::First);
    treff
}

#[test]
fn ada_admits_ben_from_the_notice() {
    let bus = PrivateBus::start();
    let service = Service::start(&bus, &["actions", "body", "body-markup"]);
    let ada = start(&bus);
    ada.desktop.dispatch(Command::Notify(knock("ben", "<b>Ben</b>")));
    let Asked::Show { replaces, title, body, actions, urgency } = service.asked() else {
        panic!("not shown")
    };
    assert_eq!((replaces, title.as_str(), body.as_str()), (0, "<b>Ben</b> klopft an", "Einlassen?"));
    assert_eq!(actions, ["default", "", "admit", "Einlassen", "refuse", "Ablehnen"]);
    assert_eq!(urgency, Some(2), "somebody waits at the door");
    let subject = Subject::Knock("ben".to_owned());
    ada.hears(&Event::NoticeShown { subject: subject.clone(), buttons: true });

    // Another program's notice and its token are nothing to us.
    service.signal("ActivationToken", &(77u32, "not ours"));
    service.signal("ActionInvoked", &(77u32, "admit"));
    service.signal("ActivationToken", &(1u32, "token-3"));
    service.signal("ActionInvoked", &(1u32, "admit"));
    service.signal("NotificationClosed", &(1u32, 2u32));
    ada.hears(&Event::NoticeAnswered { subject, choice: Choice::Admit, token: Some("token-3".to_owned()) });
}

#[test]
fn the_same_subject_is_replaced_and_a_closed_one_is_forgotten() {
    let bus = PrivateBus::start();
    let service = Service::start(&bus, &["body"]);
    let ada = start(&bus);
    let show = |name| ada.desktop.dispatch(Command::Notify(knock("ben", name)));
    let replaced = || match service.asked() {
        Asked::Show { replaces, actions, .. } => {
            assert_eq!(actions, Vec::<String>::new(), "this service has no buttons");
            replaces
        }
        Asked::Close(id) => panic!("{id} was closed"),
    };
    show("Ben");
    assert_eq!(replaced(), 0);
    ada.hears(&Event::NoticeShown { subject: Subject::Knock("ben".to_owned()), buttons: false });
    show("Benjamin");
    assert_eq!(replaced(), 1);
    service.signal("NotificationClosed", &(1u32, 2u32));
    // The signal and the next order race; a withdrawn notice is forgotten in any case.
    ada.desktop.dispatch(Command::Withdraw(Subject::Knock("ben".to_owned())));
    show("Ben");
    let next = match service.asked() {
        Asked::Close(1) => replaced(),
        Asked::Close(id) => panic!("{id} was closed"),
        Asked::Show { replaces, .. } => replaces,
    };
    assert_eq!(next, 0);
}

#[test]
fn notices_go_when_treff_goes_and_the_oldest_make_room() {
    let bus = PrivateBus::start();
    let service = Service::start(&bus, &["actions"]);
    let ada = start(&bus);
    for n in 0..17 {
        ada.desktop.dispatch(Command::Notify(knock(&format!("guest{n}"), "Cleo")));
    }
    let asked: Vec<Asked> = (0..18).map(|_| service.asked()).collect();
    let closed = |asked: &[Asked]| asked.iter().filter(|asked| matches!(asked, Asked::Close(_))).count();
    assert_eq!(closed(&asked), 1);
    assert!(asked.contains(&Asked::Close(1)), "{asked:?}");
    drop(ada);
    let rest: Vec<Asked> = service.asked.try_iter().collect();
    assert_eq!(closed(&rest), 16, "{rest:?}");
}

#[test]
fn without_a_service_it_is_said_and_later_ones_are_found() {
    let bus = PrivateBus::start();
    let ada = start(&bus);
    ada.desktop.dispatch(Command::Notify(knock("ben", "Ben")));
    ada.hears(&Event::Failed { wish: Wish::Notice, failure: Failure::Missing });
    let service = Service::start(&bus, &["actions"]);
    ada.desktop.dispatch(Command::Notify(knock("ben", "Ben")));
    assert!(matches!(service.asked(), Asked::Show { .. }));
}

/// The portal's side of it.
struct NotificationPortal {
    version: u32,
    shown: Sender<(String, PortalOptions)>,
    removed: Sender<String>,
}

#[interface(name = "org.freedesktop.portal.Notification")]
impl NotificationPortal {
    fn add_notification(&self, id: String, content: PortalOptions) {
        let _ = self.shown.send((id, content));
    }

    fn remove_notification(&self, id: String) -> fdo::Result<()> {
        self.removed.send(id).map_err(|error| fdo::Error::Failed(error.to_string()))
    }

    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        self.version
    }
}

#[test]
fn in_a_sandbox_the_portal_shows_them_and_hides_messages_from_the_lock_screen() {
    let bus = PrivateBus::start();
    let (told, shown) = channel();
    let (took, removed) = channel();
    let part = NotificationPortal { version: 2, shown: told, removed: took };
    let connection = block_on(portal::stand_in(&bus, part));
    let ada = Treff::start(Options { sandboxed: true, ..bus.options() });
    let subject = Subject::Message("ben".to_owned());
    ada.desktop.dispatch(Command::Notify(Notice {
        subject: subject.clone(),
        title: "Ben".to_owned(),
        body: "Kommst du <gleich>?".to_owned(),
        buttons: vec![Button { choice: Choice::Reply, label: "Antworten".to_owned() }],
    }));
    let (id, content) = shown.recv_timeout(PATIENCE).expect("shown");
    assert_eq!(portal::text(&content, "body"), "Kommst du <gleich>?");
    assert_eq!(portal::text(&content, "default-action"), "default");
    let hints =
        content["display-hint"].downcast_ref::<zbus::zvariant::Array<'_>>().expect("a list").to_string();
    assert!(hints.contains("hide-content-on-lockscreen"), "{hints}");
    assert!(!id.contains("ben"), "the id is in the portal's log");

    let platform_data = HashMap::from([("activation-token", Value::from("token-9"))]);
    let parameters = vec![Value::from(platform_data)];
    let pressed = (id.as_str(), "reply", parameters);
    let interface = "org.freedesktop.portal.Notification";
    block_on(connection.emit_signal(None::<&str>, portal::PATH, interface, "ActionInvoked", &pressed))
        .expect("a signal");
    ada.hears(&Event::NoticeAnswered { subject, choice: Choice::Reply, token: Some("token-9".to_owned()) });

    ada.desktop.dispatch(Command::Notify(knock("cleo", "Cleo")));
    let (id, content) = shown.recv_timeout(PATIENCE).expect("shown");
    assert_eq!(portal::text(&content, "priority"), "high");
    assert!(!content.contains_key("display-hint"));
    ada.desktop.dispatch(Command::WithdrawAll);
    assert_eq!(removed.recv_timeout(PATIENCE).expect("removed"), id);
}
