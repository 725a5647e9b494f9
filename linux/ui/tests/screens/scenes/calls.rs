//! The call: who is there, what is open beside it, what just happened.

use slint::ComponentHandle;
use treff_app::{
    ChatLine, ConnectionState, DeviceKind, DeviceProblem, DialIn, DialInNumber, Event, Knocker, Notice,
    Participant, Quality, Reaction, Screen, SelfView, Snapshot, SpeakerLevel, Tracks,
};
use treff_ui::{AppWindow, CallAdapter, CallSheet, CallView, Ui};

use super::host::NOW;
use super::people::meeting;
use super::{LAPTOP, Scene};
use crate::stage::Stage;

/// A phone lying on its side.
const SIDEWAYS: (u32, u32) = (720, 360);

const NAMES: [&str; 12] = [
    "Ben",
    "Cleo",
    "Dara Okafor",
    "Emil Straub",
    "Fatma Yıldız",
    "Grete",
    "Hồ Anh",
    "Iris",
    "Jakub",
    "Kofi",
    "Léa Marchand",
    "Marek",
];
const LONG: &str = "Annegret Freifrau von Hohenstein-Waldburg (Schriftführerin)";

fn somebody(number: usize, name: &str) -> Participant {
    let endpoint = format!("p{number}");
    let tracks = Tracks {
        microphone: number % 3 != 2,
        camera: (number % 5 != 3).then(|| format!("{endpoint}-v0")),
        screen: None,
    };
    Participant { name: Some(name.to_owned()), tracks, volume: 1.0, endpoint, ..Participant::default() }
}

/// A call with so many others.
pub(crate) fn call(others: usize) -> Snapshot {
    let participants: Vec<Participant> = (0..others)
        .map(|number| {
            let round = number / NAMES.len();
            let name = NAMES[number % NAMES.len()];
            somebody(number, &if round == 0 { name.to_owned() } else { format!("{name} {}", round + 1) })
        })
        .collect();
    let me = SelfView {
        endpoint: "me".to_owned(),
        name: "Ruth".to_owned(),
        microphone: true,
        camera: true,
        ..SelfView::default()
    };
    let mut call = Snapshot {
        me,
        participants,
        connection: ConnectionState::Connected,
        quality: Quality::Good,
        joined_at: Some(NOW - 23 * 60_000),
        ..meeting(Screen::Call)
    };
    call.devices.can_share = true;
    call
}

/// Who is heard.
fn speaks(number: usize) -> Event {
    Event::Levels { me: 0.0, speakers: vec![SpeakerLevel { endpoint: format!("p{number}"), level: 0.5 }] }
}

fn open(sheet: CallSheet) -> impl Fn(&Ui, &AppWindow, &Stage) {
    move |_, window, stage| {
        window.global::<CallAdapter>().invoke_toggle_sheet(sheet);
        stage.settle();
    }
}

pub(crate) fn scenes() -> Vec<Scene> {
    let mut scenes = people();
    scenes.extend(happenings());
    scenes.extend(sheets());
    scenes.extend(words());
    scenes.extend(questions());
    scenes
}

/// One, two, nine, 49, with long names and hands.
fn people() -> Vec<Scene> {
    let mut hands = call(8);
    hands.me.hand_raised = true;
    hands.participants[1].hand_raised = Some(NOW - 9_000);
    hands.participants[3].hand_raised = Some(NOW - 4_000);
    let mut long = call(4);
    long.room =
        "Elterngruppe der Selbsthilfe für seltene Erkrankungen im Bundesland Schleswig-Holstein".to_owned();
    for person in &mut long.participants {
        person.name = Some(LONG.to_owned());
    }
    long.quality = Quality::Fair;
    long.recording = true;
    let mut nobody = call(0);
    nobody.connection = ConnectionState::Joined;
    let mut voices = call(3);
    voices.me.camera = false;
    voices.me.microphone = false;
    for person in &mut voices.participants {
        person.tracks.camera = None;
    }
    vec![
        Scene::new("call-alone", nobody.clone()),
        Scene::new("call-alone-wide-de", nobody.clone()).language("de").size(LAPTOP),
        Scene::new("call-alone-large-fr", nobody).language("fr").large(),
        Scene::new("call-two", call(1)).event(speaks(0)),
        Scene::new("call-two-wide", call(1)).size(LAPTOP).event(speaks(0)),
        Scene::new("call-two-sideways", call(1)).size(SIDEWAYS),
        Scene::new("call-two-bars-hidden", call(1)).act(|_, window, _| {
            window.global::<CallAdapter>().set_bars_shown(false);
        }),
        Scene::new("call-voices", voices).event(speaks(1)),
        Scene::new("call-nine-hands-de", hands.clone()).language("de").event(speaks(4)),
        Scene::new("call-nine-hands-wide", hands).size(LAPTOP).event(speaks(4)),
        Scene::new("call-49", call(48)).event(speaks(2)),
        Scene::new("call-49-wide", call(48)).size(LAPTOP).event(speaks(2)),
        Scene::new("call-49-tiles-wide-fr", call(48))
            .language("fr")
            .size(LAPTOP)
            .act(|_, window, _| window.global::<CallAdapter>().invoke_set_view(CallView::Grid)),
        Scene::new("call-speaker-wide", call(8)).size(LAPTOP).event(speaks(0)).act(|_, window, _| {
            window.global::<CallAdapter>().invoke_set_view(CallView::Speaker);
        }),
        Scene::new("call-long-names", long.clone()).event(speaks(0)),
        Scene::new("call-long-names-large-de", long.clone()).language("de").large(),
        Scene::new("call-long-names-wide-fr", long).language("fr").size(LAPTOP),
    ]
}

/// What happens to a call.
fn happenings() -> Vec<Scene> {
    let mut lost = call(3);
    lost.connection = ConnectionState::Reconnecting;
    lost.quality = Quality::Poor;
    let mut knock = call(2);
    knock.door.knocking = vec![
        Knocker { id: "1".to_owned(), name: "Nora Lindqvist".to_owned() },
        Knocker { id: "2".to_owned(), name: "Otto".to_owned() },
    ];
    let mut muted = call(2);
    muted.me.microphone = false;
    let mut share = call(5);
    share.participants[0].tracks.screen = Some("p0-v1".to_owned());
    let mut own_share = call(2);
    own_share.me.screen = Some("me-v1".to_owned());
    let warning = |notice: Notice| Event::Warning { text: notice.to_string(), notice };
    let microphone = Notice::MicrophoneFailed { problem: DeviceProblem::Busy };
    let headset = Notice::DeviceReplaced { kind: DeviceKind::Speaker };
    let react = |number: usize, reaction| Event::Reaction { from: format!("p{number}"), reaction };
    vec![
        Scene::new("call-reconnecting-de", lost.clone()).language("de"),
        Scene::new("call-reconnecting-wide-fr", lost).language("fr").size(LAPTOP),
        Scene::new("call-knock", knock.clone()),
        Scene::new("call-knock-large-de", knock.clone()).language("de").large(),
        Scene::new("call-knock-wide", knock).size(LAPTOP),
        Scene::new("call-notice-fr", call(3)).language("fr").event(warning(microphone.clone())),
        Scene::new("call-notice-large-de", call(3)).language("de").large().event(warning(microphone)),
        Scene::new("call-notice-wide-de", call(3)).language("de").size(LAPTOP).event(warning(headset)),
        Scene::new("call-muted-by-moderator-de", muted)
            .language("de")
            .event(Event::MutedByModerator { media: "audio".to_owned(), by: None }),
        Scene::new("call-share", share.clone()).event(speaks(0)),
        Scene::new("call-share-wide-fr", share).language("fr").size(LAPTOP).event(speaks(0)),
        Scene::new("call-own-share-wide-de", own_share).language("de").size(LAPTOP),
        Scene::new("call-reactions", call(3)).event(react(0, Reaction::Love)).event(react(1, Reaction::Clap)),
        Scene::new("call-reactions-wide-de", call(3))
            .language("de")
            .size(LAPTOP)
            .event(react(0, Reaction::Like))
            .event(react(1, Reaction::Laugh))
            .act(open(CallSheet::Reactions)),
    ]
}

/// Another program hands over a link.
fn asked(ui: &Ui, _: &AppWindow, _: &Stage) {
    ui.ask_to_leave("https://meet.example.org/ChorprobeAlt", |_| {});
}

/// The question whether to leave for another meeting.
fn questions() -> Vec<Scene> {
    vec![
        Scene::new("call-question-de", call(2)).language("de").act(asked),
        Scene::new("call-question-large-fr", call(2)).language("fr").large().act(asked),
        Scene::new("call-question-wide", call(3)).size(LAPTOP).act(asked),
    ]
}

fn line(from: &str, name: &str, text: &str, minutes_ago: u64) -> ChatLine {
    ChatLine {
        id: format!("{from}{minutes_ago}{}", text.len()),
        from: Some(from.to_owned()),
        to: None,
        name: Some(name.to_owned()),
        text: text.to_owned(),
        private: false,
        at: NOW - minutes_ago * 60_000,
    }
}

/// A call in which something was written.
fn chatty(others: usize) -> Snapshot {
    let mut call = call(others);
    let private =
        |line: ChatLine, to: Option<&str>| ChatLine { private: true, to: to.map(str::to_owned), ..line };
    call.chat = vec![
        line(
            "p0",
            "Ben",
            "Hello everyone! The minutes of last week: https://pad.example.org/p/elterngruppe",
            14,
        ),
        line("p0", "Ben", "Shall we start?", 14),
        line("me", "Ruth", "Yes, in two minutes. Fatma is on her way, her train was late.", 13),
        line("p1", "Cleo", "Good.", 12),
        private(line("p1", "Cleo", "Could you take the notes today? My wrist still hurts.", 9), None),
        private(line("me", "Ruth", "Of course, get well soon!", 8), Some("p1")),
    ];
    call
}

/// Faces and signs that few fonts know, in names and messages. No picture is compared: machines have other fonts.
pub(crate) fn emoji(name: &str) -> Scene {
    let mut call = chatty(3);
    call.participants[0].name = Some("Ben 🌻".to_owned());
    call.chat.push(line("p0", "Ben 🌻", "👍🏽", 3));
    call.chat.push(line("p1", "Cleo", "See you on Tuesday 👩‍👩‍👧‍👦🎉🎉 at the café ☕, bring cake 🍰!", 2));
    Scene::new(name, call).act(open(CallSheet::Chat))
}

/// Sheets over the call, and beside it.
fn sheets() -> Vec<Scene> {
    let mut busy = chatty(8);
    busy.me.moderator = true;
    busy.participants[2].moderator = true;
    busy.participants[4].hand_raised = Some(NOW);
    busy.participants[5].name = Some(LONG.to_owned());
    busy.door.may_set_password = true;
    busy.door.may_set_lobby = true;
    busy.door.password_set = true;
    busy.door.lobby = true;
    busy.door.knocking = vec![Knocker { id: "1".to_owned(), name: "Nora Lindqvist".to_owned() }];
    let mut telephone = call(2);
    telephone.dial_in = Some(DialIn {
        pin: "482 917 365 0#".to_owned(),
        numbers: vec![
            DialInNumber { country: "DE".to_owned(), number: "+49 89 380 38719".to_owned() },
            DialInNumber { country: "FR".to_owned(), number: "+33 1 87 21 0005".to_owned() },
        ],
    });
    let mut listening = call(2);
    listening.devices.microphone_problem = Some(DeviceProblem::Refused);
    vec![
        Scene::new("call-chat-de", chatty(3)).language("de").act(open(CallSheet::Chat)),
        Scene::new("call-chat-empty-fr", call(3)).language("fr").act(open(CallSheet::Chat)),
        Scene::new("call-chat-large", chatty(3)).large().act(open(CallSheet::Chat)),
        Scene::new("call-chat-wide", chatty(8)).size(LAPTOP).event(speaks(1)).act(open(CallSheet::Chat)),
        Scene::new("call-chat-private-wide-de", chatty(3)).language("de").size(LAPTOP).act(
            |_, window, stage| {
                window.global::<CallAdapter>().invoke_write_to("p1".into(), "Cleo".into());
                stage.settle();
            },
        ),
        Scene::new("call-unread", chatty(3)),
        Scene::new("call-people", busy.clone()).act(open(CallSheet::People)),
        Scene::new("call-people-large-de", busy.clone()).language("de").large().act(open(CallSheet::People)),
        Scene::new("call-people-wide-fr", busy.clone())
            .language("fr")
            .size(LAPTOP)
            .act(open(CallSheet::People)),
        Scene::new("call-invite-de", call(2)).language("de").act(open(CallSheet::Invite)),
        Scene::new("call-invite-telephone-wide-fr", telephone)
            .language("fr")
            .size(LAPTOP)
            .act(open(CallSheet::Invite)),
        Scene::new("call-protection-fr", busy.clone()).language("fr").act(open(CallSheet::Protection)),
        Scene::new("call-more", busy.clone()).act(open(CallSheet::More)),
        Scene::new("call-more-large-de", busy.clone()).language("de").large().act(open(CallSheet::More)),
        Scene::new("call-more-wide-fr", busy).language("fr").size(LAPTOP).act(open(CallSheet::More)),
        Scene::new("call-devices-de", listening).language("de").act(open(CallSheet::Devices)),
        Scene::new("call-keys-wide-de", call(2)).language("de").size(LAPTOP).act(open(CallSheet::Help)),
    ]
}

/// The bar in the longest words.
fn words() -> Vec<Scene> {
    vec![
        Scene::new("call-bar-wide-large-de", call(2)).language("de").large().size(LAPTOP),
        Scene::new("call-keyboard", call(2)).act(|_, _, stage| {
            for _ in 0..3 {
                stage.press(slint::SharedString::from(slint::platform::Key::Tab));
            }
        }),
    ]
}

/// The sources of a snapshot whose pictures come from elsewhere.
pub(crate) fn sources(snapshot: &Snapshot) -> Vec<String> {
    let tracks = snapshot.participants.iter().map(|person| &person.tracks);
    tracks.flat_map(|tracks| tracks.camera.iter().chain(&tracks.screen).cloned()).collect()
}
