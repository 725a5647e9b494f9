//! Settings, servers, a new meeting, licences.

use slint::ComponentHandle;
use treff_app::{CheckState, Screen, ServerCheck, Snapshot, UserError};
use treff_ui::{
    AppWindow, CompareAdapter, HomeAdapter, NewMeetingAdapter, ServersAdapter, SettingsAdapter, SettingsPage,
    Ui,
};

use super::host::NOW;
use super::people::{compared, findings, meeting, snapshot};
use super::{LAPTOP, Scene};
use crate::stage::Stage;

pub(crate) fn scenes() -> Vec<Scene> {
    let mut scenes = settings();
    scenes.extend(servers());
    scenes.extend(comparisons());
    scenes.extend(new_meeting());
    scenes
}

fn open_settings(page: SettingsPage) -> impl Fn(&Ui, &AppWindow, &Stage) {
    move |_, window, _| {
        window.global::<HomeAdapter>().invoke_open_settings();
        if page != SettingsPage::List {
            window.global::<SettingsAdapter>().invoke_open(page);
        }
    }
}

fn settings() -> Vec<Scene> {
    let page = |name: &str, page| Scene::new(name, snapshot()).act(open_settings(page));
    vec![
        page("settings", SettingsPage::List),
        page("settings-de", SettingsPage::List).language("de"),
        page("settings-dark-wide", SettingsPage::List).dark().size(LAPTOP),
        page("settings-large-fr", SettingsPage::List).language("fr").large(),
        page("settings-devices-de", SettingsPage::Devices).language("de").size((360, 1100)),
        page("settings-picture", SettingsPage::Picture),
        page("settings-picture-large-de", SettingsPage::Picture).language("de").large(),
        page("settings-privacy-de", SettingsPage::Privacy).language("de"),
        page("settings-looks-dark", SettingsPage::Looks).dark().size((360, 860)),
        page("settings-sounds-fr", SettingsPage::Sounds).language("fr"),
        page("settings-diagnostics", SettingsPage::Diagnostics),
        page("settings-devices-wide-de", SettingsPage::Devices).language("de").size(LAPTOP),
        page("settings-looks-wide-large-fr", SettingsPage::Looks).language("fr").large().size(LAPTOP),
        Scene::new("licences", snapshot()).act(|_, window, _| {
            window.global::<HomeAdapter>().invoke_open_settings();
            window.global::<SettingsAdapter>().invoke_open_licences();
        }),
    ]
}

fn with_check(state: CheckState) -> Snapshot {
    Snapshot { checks: vec![ServerCheck { address: "meet.example.org".to_owned(), state }], ..snapshot() }
}

fn open_server(_: &Ui, window: &AppWindow, _: &Stage) {
    window.global::<HomeAdapter>().invoke_open_servers();
    window.global::<ServersAdapter>().invoke_open("meet.example.org".into());
}

fn servers() -> Vec<Scene> {
    let list = |_: &Ui, window: &AppWindow, _: &Stage| window.global::<HomeAdapter>().invoke_open_servers();
    let done = || with_check(CheckState::Done { findings: findings(), at: NOW });
    let unreachable = UserError::ServerUnreachable { server: "meet.example.org".to_owned() };
    let wrong = UserError::ServerInvalid { detail: String::new() };
    let mut unused = done();
    unused.preferred_server = Some("visio.example.net".to_owned());
    vec![
        Scene::new("servers", snapshot()).act(list),
        Scene::new("servers-de-dark", snapshot()).language("de").dark().act(list),
        Scene::new("servers-error-large-de", snapshot())
            .language("de")
            .large()
            .act(list)
            .event(treff_app::Event::ServerRefused { error: wrong }),
        Scene::new("servers-search-fr", snapshot()).language("fr").act(|_, window, stage| {
            window.global::<HomeAdapter>().invoke_open_servers();
            stage.settle();
            let servers = window.global::<ServersAdapter>();
            servers.set_search("ver".into());
            servers.invoke_search_edited("ver".into());
            servers.invoke_choose_place("EU".into());
        }),
        Scene::new("server", snapshot()).act(open_server),
        Scene::new("server-checked-de", unused).language("de").size((360, 1400)).act(open_server),
        Scene::new("server-checked-dark-wide", done()).dark().size(LAPTOP).act(open_server),
        Scene::new("server-failed-fr", with_check(CheckState::Failed { error: unreachable }))
            .language("fr")
            .act(open_server),
    ]
}

fn open_comparison(_: &Ui, window: &AppWindow, _: &Stage) {
    window.global::<HomeAdapter>().invoke_open_servers();
    window.global::<ServersAdapter>().invoke_compare();
}

fn comparisons() -> Vec<Scene> {
    let choice = |ui: &Ui, window: &AppWindow, stage: &Stage| {
        open_comparison(ui, window, stage);
        let compare = window.global::<CompareAdapter>();
        compare.invoke_choose("meet.example.org".into(), true);
        compare.invoke_choose("meet.example.at".into(), true);
    };
    let addresses = ["meet.example.org", "visio.example.net", "meet.example.at", "meet.example.nl"];
    let two = || compared(&addresses[..2], snapshot());
    let four = || compared(&addresses, snapshot());
    let scene = |name: &str, snapshot| Scene::new(name, snapshot).act(open_comparison);
    vec![
        Scene::new("compare-choice", snapshot()).act(choice),
        Scene::new("compare-choice-large-de", snapshot()).language("de").large().act(choice),
        scene("compare-two", two()).size((360, 1900)),
        scene("compare-two-de-dark", two()).language("de").dark(),
        scene("compare-four-large-de", four()).language("de").large(),
        scene("compare-four-fr", four()).language("fr").size((360, 2400)),
        scene("compare-four-wide", four()).size((1280, 1000)),
        scene("compare-four-wide-de-dark", four()).language("de").dark().size((1280, 1000)),
    ]
}

fn new_meeting() -> Vec<Scene> {
    let fresh = || Snapshot {
        new_meeting: true,
        room: "Otter Lantern Maple Tuesday".to_owned(),
        link: "https://meet.example.org/OtterLanternMapleTuesday".to_owned(),
        ..meeting(Screen::Prejoin)
    };
    vec![
        Scene::new("new-meeting", fresh()),
        Scene::new("new-meeting-de", fresh()).language("de").size((360, 860)),
        Scene::new("new-meeting-qr-dark", fresh()).dark().size((360, 1100)).act(|_, window, _| {
            let meeting = window.global::<NewMeetingAdapter>();
            meeting.invoke_show_qr(true);
            meeting.invoke_copy();
        }),
        Scene::new("new-meeting-large-fr", fresh()).language("fr").large(),
        Scene::new("new-meeting-wide", fresh()).size(LAPTOP),
    ]
}
