//! Home, before the call, on the way in, over.

use slint::{ComponentHandle, Image, Rgb8Pixel, SharedPixelBuffer};
use treff_app::{
    DeviceProblem, EndReason, Event, OtherService, RecentMeeting, Screen, Settings, Snapshot, UserError,
    Waiting,
};
use treff_ui::{HomeAdapter, PrejoinAdapter, WaitingAdapter};

use super::people::{ended, failed, first_start, meeting, snapshot};
use super::{LAPTOP, Scene};

const LONG_NAME: &str =
    "Elterngruppe der Selbsthilfe für seltene Erkrankungen im Bundesland Schleswig-Holstein";

pub(crate) fn scenes() -> Vec<Scene> {
    let mut scenes = home();
    scenes.extend(prejoin());
    scenes.extend(waiting());
    scenes.extend(endings());
    scenes
}

fn home() -> Vec<Scene> {
    let mut long = snapshot();
    long.recent = vec![RecentMeeting { room: LONG_NAME.to_owned(), ..long.recent[0].clone() }; 2];
    long.servers[0].name = "Videotreffen der Arbeitsgemeinschaft freier Netze Norddeutschland".to_owned();
    let empty = Snapshot { recent: Vec::new(), preferred_server: None, servers: Vec::new(), ..snapshot() };
    let other =
        UserError::OtherService { service: OtherService::Zoom, url: "https://zoom.us/j/1".to_owned() };
    let at_home =
        |error| Snapshot { screen: Screen::Ended { reason: EndReason::Failed { error } }, ..snapshot() };
    let typed = |text: &'static str| {
        move |window: &treff_ui::AppWindow| window.global::<HomeAdapter>().set_link(text.into())
    };
    let typed_link = typed("https://zoom.us/j/1");
    vec![
        Scene::new("home", snapshot()),
        Scene::new("home-dark", snapshot()).dark(),
        Scene::new("home-de", snapshot()).language("de"),
        Scene::new("home-fr", snapshot()).language("fr"),
        Scene::new("home-wide", snapshot()).size(LAPTOP),
        Scene::new("home-large-de", snapshot()).language("de").large(),
        Scene::new("home-empty", empty),
        Scene::new("home-long-names", long),
        Scene::new("home-first-start-de", first_start()).language("de"),
        Scene::new("home-error", at_home(other)).act(move |_, window, _| typed_link(window)),
        Scene::new("home-error-large-de", at_home(UserError::NoServerChosen)).language("de").large(),
        Scene::new("home-keyboard", snapshot()).act(|_, _, stage| {
            for _ in 0..4 {
                stage.press(slint::platform::Key::Tab);
            }
        }),
    ]
}

/// A picture of somebody, as simple as can be: a wall, a head, a jumper.
pub(crate) fn portrait() -> Image {
    let (width, height) = (320_u32, 240_u32);
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(width, height);
    for (index, pixel) in pixels.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = ((index as u32 % width) as f32 - 160.0, (index as u32 / width) as f32);
        let head = x.powi(2) + (y - 95.0).powi(2) < 45.0_f32.powi(2);
        let body = (x / 90.0).powi(2) + ((y - 240.0) / 105.0).powi(2) < 1.0;
        let wall =
            Rgb8Pixel::new((124.0 - y * 0.35) as u8, (156.0 - y * 0.45) as u8, (149.0 - y * 0.42) as u8);
        *pixel = if head {
            Rgb8Pixel::new(232, 199, 166)
        } else if body {
            Rgb8Pixel::new(61, 111, 143)
        } else {
            wall
        };
    }
    Image::from_rgb8(pixels)
}

fn prejoin() -> Vec<Scene> {
    let ready = || meeting(Screen::Prejoin);
    let picture = |ui: &treff_ui::Ui, _: &treff_ui::AppWindow, _: &crate::stage::Stage| {
        ui.show_preview(Some(portrait()))
    };
    let level = || Event::Levels { me: 0.46, speakers: Vec::new() };
    let mut quiet = ready();
    quiet.settings = Settings { camera_on: false, microphone_on: false, ..quiet.settings };
    let mut busy = ready();
    busy.devices.camera_problem = Some(DeviceProblem::Busy);
    busy.devices.microphone_problem = Some(DeviceProblem::Missing);
    let mut long = ready();
    long.room = LONG_NAME.to_owned();
    long.link = "https://videotreffen.arbeitsgemeinschaft-freie-netze.example.org/x".to_owned();
    vec![
        Scene::new("prejoin", ready()).event(level()).act(picture),
        Scene::new("prejoin-de", ready()).language("de").event(level()).act(picture),
        Scene::new("prejoin-dark", ready()).dark().event(level()).act(picture),
        Scene::new("prejoin-wide", ready()).size(LAPTOP).event(level()).act(picture),
        Scene::new("prejoin-wide-problems-fr", busy.clone()).language("fr").size(LAPTOP),
        Scene::new("prejoin-wide-devices-dark", ready()).dark().size(LAPTOP).event(level()).act(
            move |ui, window, stage| {
                picture(ui, window, stage);
                window.global::<PrejoinAdapter>().invoke_open_devices(true);
            },
        ),
        Scene::new("prejoin-large-de", ready()).language("de").large().event(level()).act(picture),
        Scene::new("prejoin-off", quiet),
        Scene::new("prejoin-problems-de", busy).language("de"),
        Scene::new("prejoin-long-names", long).event(level()),
        Scene::new("prejoin-devices", ready()).event(level()).size((360, 1280)).act(move |ui, window, _| {
            ui.show_preview(Some(portrait()));
            window.global::<PrejoinAdapter>().invoke_open_devices(true);
        }),
    ]
}

fn waiting() -> Vec<Scene> {
    let joining = |waiting| meeting(Screen::Joining { waiting });
    vec![
        Scene::new("waiting-connecting", joining(None)),
        Scene::new("waiting-password-de", joining(Some(Waiting::Password { wrong: false }))).language("de"),
        Scene::new("waiting-password-wrong", joining(Some(Waiting::Password { wrong: true })))
            .act(|_, window, _| window.global::<WaitingAdapter>().set_password("lantern".into())),
        Scene::new("waiting-password-wrong-large-fr", joining(Some(Waiting::Password { wrong: true })))
            .language("fr")
            .large(),
        Scene::new("waiting-knock-de", joining(Some(Waiting::Knock))).language("de"),
        Scene::new("waiting-moderator", joining(Some(Waiting::Moderator))),
        Scene::new("waiting-moderator-dark-wide", joining(Some(Waiting::Moderator))).dark().size(LAPTOP),
        Scene::new("waiting-host-fr", joining(Some(Waiting::Host))).language("fr"),
        Scene::new("waiting-name", joining(Some(Waiting::DisplayName))),
    ]
}

/// A new meeting whose server is down.
fn next_server() -> Snapshot {
    let error = UserError::ServerUnreachable { server: "meet.example.org".to_owned() };
    Snapshot { new_meeting: true, next_server: Some("visio.example.net".to_owned()), ..failed(error) }
}

fn endings() -> Vec<Scene> {
    let server = || "meet.example.org".to_owned();
    let kicked =
        EndReason::Kicked { by: Some("Marek".to_owned()), reason: Some("Wrong room, sorry.".to_owned()) };
    let certificate = UserError::CertificateInvalid { server: server(), detail: "expired".to_owned() };
    let elsewhere =
        UserError::RedirectedElsewhere { server: server(), target: "meet.example.com".to_owned() };
    vec![
        Scene::new("ended-left", ended(EndReason::Left)),
        Scene::new("ended-left-de", ended(EndReason::Left)).language("de"),
        Scene::new("ended-kicked", ended(kicked)),
        Scene::new("ended-for-all-fr", ended(EndReason::EndedForAll { reason: None })).language("fr"),
        Scene::new("ended-unreachable-de", failed(UserError::ServerUnreachable { server: server() }))
            .language("de"),
        Scene::new("ended-next-server-de", next_server()).language("de"),
        Scene::new("ended-next-server", next_server()),
        Scene::new("ended-next-server-large-fr", next_server()).language("fr").large(),
        Scene::new("ended-next-server-dark-wide", next_server()).dark().size(LAPTOP),
        Scene::new("ended-certificate-large-de", failed(certificate)).language("de").large(),
        Scene::new("ended-elsewhere-dark", failed(elsewhere)).dark(),
        Scene::new("ended-broken-off-wide", ended(EndReason::Failed { error: UserError::MediaFailed }))
            .size(LAPTOP),
    ]
}
