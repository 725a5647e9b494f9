//! The scenes: what the core says, how the desktop is set up, and what the person has tapped before the picture.

mod calls;
mod cameras;
mod host;
mod meetings;
mod pages;
mod people;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use slint::ComponentHandle;
use treff_app::{Event, Snapshot};
use treff_ui::call::{CallPresenter, PictureFeed, PictureStore};
use treff_ui::{AppWindow, Desktop, Ui};

pub(crate) use calls::{call, emoji};
pub(crate) use host::FakeHost;
pub(crate) use people::{meeting, snapshot};

use crate::stage::{self, Stage};

/// A phone held upright, and a laptop.
pub(crate) const PHONE: (u32, u32) = (360, 720);
pub(crate) const LAPTOP: (u32, u32) = (1280, 800);

type Act = Box<dyn Fn(&Ui, &AppWindow, &Stage)>;

/// One picture.
pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) size: (u32, u32),
    desktop: Desktop,
    snapshot: Snapshot,
    events: Vec<Event>,
    act: Option<Act>,
}

impl Scene {
    pub(crate) fn new(name: &str, snapshot: Snapshot) -> Self {
        let desktop = Desktop { language: "en".to_owned(), ..Desktop::default() };
        Self { name: name.to_owned(), size: PHONE, desktop, snapshot, events: Vec::new(), act: None }
    }

    pub(crate) fn size(mut self, size: (u32, u32)) -> Self {
        self.size = size;
        self
    }

    pub(crate) fn language(mut self, language: &str) -> Self {
        self.desktop.language = language.to_owned();
        self
    }

    pub(crate) fn dark(mut self) -> Self {
        self.desktop.dark = true;
        self
    }

    /// Twice the usual type.
    pub(crate) fn large(mut self) -> Self {
        self.desktop.type_scale = 2.0;
        self
    }

    pub(crate) fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    pub(crate) fn act(mut self, act: impl Fn(&Ui, &AppWindow, &Stage) + 'static) -> Self {
        self.act = Some(Box::new(act));
        self
    }

    /// Opens the window.
    pub(crate) fn play(self) -> Play {
        stage::prepare();
        let host = Rc::new(FakeHost::default());
        let ui = Ui::new(host.clone()).expect("a window in memory");
        ui.window().set_font_family(stage::FONT.into());
        ui.set_desktop(self.desktop.clone());
        let store = PictureStore::new(Arc::new(|| {}));
        let call = CallPresenter::with_clock(ui.window(), host.clone(), store.clone(), Rc::new(stage::now));
        let play = Play { scene: self, ui, call, store, host, feeds: RefCell::default() };
        play.show(&play.scene.snapshot);
        play.ui.window().show().expect("a window in memory can be shown");
        play
    }
}

/// A scene with its window open.
pub(crate) struct Play {
    scene: Scene,
    pub(crate) ui: Ui,
    call: CallPresenter,
    store: PictureStore,
    pub(crate) host: Rc<FakeHost>,
    /// The cameras that run.
    feeds: RefCell<Vec<PictureFeed>>,
}

impl Play {
    pub(crate) fn stage(&self, width: u32, height: u32, scale: f32) -> Stage {
        Stage::of_last_window(width, height, scale)
    }

    /// The core has a new state.
    pub(crate) fn show(&self, snapshot: &Snapshot) {
        self.ui.show_snapshot(snapshot);
        self.call.snapshot(&Arc::new(snapshot.clone()));
    }

    /// Something happens.
    pub(crate) fn happen(&self, event: &Event) {
        self.ui.handle_event(event);
        self.call.event(event);
    }

    /// Lets happen what happens before the picture is taken.
    pub(crate) fn finish(&self, stage: &Stage) {
        if let Some(act) = &self.scene.act {
            act(&self.ui, self.ui.window(), stage);
        }
        for event in &self.scene.events {
            self.happen(event);
        }
        *self.feeds.borrow_mut() = cameras::shoot(&self.store, &calls::sources(&self.scene.snapshot));
        self.call.draw_pictures();
    }
}

/// Every scene, each with a name of its own.
pub(crate) fn all() -> Vec<Scene> {
    let mut scenes = meetings::scenes();
    scenes.extend(pages::scenes());
    scenes.extend(calls::scenes());
    scenes
}

#[test]
fn scenes_have_names_of_their_own() {
    let mut names: Vec<String> = all().into_iter().map(|scene| scene.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}
