//! The call's state on the window's side, and what ties it to the screen.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use slint::{ComponentHandle, Image, Timer, TimerMode};
use treff_app::{Command, Event, Snapshot};

use super::banner::{Banners, problem};
use super::constraints::{Constraints, Wanted};
use super::layout::{Arranger, Corner, Person, Scene, Size, Subject, View};
use super::news::News;
use super::picture::{OWN_PICTURE, PictureStore};
use super::speaking::Speaking;
use super::{people, tiles};
use crate::host::Host;
use crate::qr::qr;
use crate::rows::Rows;
use crate::{
    AppWindow, CallAdapter, CallDevice, CallKnocker, CallMessage, CallNewsKind, CallPerson, CallProblems,
    CallSheet, CallTile, DialInNumber, FloatingReaction, MoreTile, Theme,
};

mod wishes;

/// How often what passes with time is looked at.
const TICK: Duration = Duration::from_millis(250);
/// Pictures are drawn no more often than this: a little shorter than a camera's frame, so that those of all sources are drawn
/// together. Without a GPU one new picture among nine costs nearly as much as nine.
const FRAME: Duration = Duration::from_millis(30);
/// How long a reaction is seen.
const REACTION: Duration = Duration::from_millis(3500);
/// How long "Copied" stands.
const COPIED: Duration = Duration::from_secs(3);
/// Who is large must be visible even before their picture came; heights in physical pixels.
const LEAST_HEIGHT: f32 = 90.0;

/// Tells the time.
pub type Clock = Rc<dyn Fn() -> Instant>;

/// Presents the call. Lives on the window's thread; cloning shares it.
#[derive(Clone)]
pub struct CallPresenter {
    state: Rc<RefCell<State>>,
    tick: Rc<Timer>,
    frame: Rc<Timer>,
}

struct State {
    window: slint::Weak<AppWindow>,
    host: Rc<dyn Host>,
    clock: Clock,
    store: PictureStore,
    snapshot: Arc<Snapshot>,
    arranger: Arranger,
    constraints: Constraints,
    speaking: Speaking,
    banners: Banners,
    news: News,
    area: Size,
    corner: Corner,
    pinned: Option<Subject>,
    view: View,
    zoom: f32,
    visible: bool,
    /// The newest picture of each source on screen, with its size.
    images: BTreeMap<String, (Image, (u32, u32))>,
    /// The source of each tile, in their order.
    sources: Vec<Option<String>>,
    /// Id of the last message that was read.
    read: Option<String>,
    reactions: Vec<(Instant, FloatingReaction)>,
    reactions_so_far: i32,
    copied: Option<Instant>,
    dial_in_asked: bool,
    drawn: Option<Instant>,
    rows: Models,
}

struct Models {
    tiles: Rows<CallTile>,
    pictures: Rows<Image>,
    people: Rows<CallPerson>,
    knocking: Rows<CallKnocker>,
    messages: Rows<CallMessage>,
    microphones: Rows<CallDevice>,
    speakers: Rows<CallDevice>,
    cameras: Rows<CallDevice>,
    numbers: Rows<DialInNumber>,
    floating: Rows<FloatingReaction>,
}

impl CallPresenter {
    /// Ties the call screen of `window` to the rest of the program; `store` brings the pictures.
    pub fn new(window: &AppWindow, host: Rc<dyn Host>, store: PictureStore) -> Self {
        Self::with_clock(window, host, store, Rc::new(Instant::now))
    }

    /// The same with a clock of one's own.
    pub fn with_clock(window: &AppWindow, host: Rc<dyn Host>, store: PictureStore, clock: Clock) -> Self {
        let rows = Models {
            tiles: Rows::new(),
            pictures: Rows::new(),
            people: Rows::new(),
            knocking: Rows::new(),
            messages: Rows::new(),
            microphones: Rows::new(),
            speakers: Rows::new(),
            cameras: Rows::new(),
            numbers: Rows::new(),
            floating: Rows::new(),
        };
        rows.show_on(&window.global::<CallAdapter<'_>>());
        let state = State {
            window: window.as_weak(),
            host,
            clock,
            store,
            snapshot: Arc::default(),
            arranger: Arranger::default(),
            constraints: Constraints::default(),
            speaking: Speaking::default(),
            banners: Banners::default(),
            news: News::default(),
            area: Size::default(),
            corner: Corner::default(),
            pinned: None,
            view: View::Auto,
            zoom: 1.0,
            visible: true,
            images: BTreeMap::new(),
            sources: Vec::new(),
            read: None,
            reactions: Vec::new(),
            reactions_so_far: 0,
            copied: None,
            dial_in_asked: false,
            drawn: None,
            rows,
        };
        let presenter = Self {
            state: Rc::new(RefCell::new(state)),
            tick: Rc::new(Timer::default()),
            frame: Rc::new(Timer::default()),
        };
        wishes::connect(&presenter, window);
        presenter
    }

    /// Shows the newest state.
    pub fn snapshot(&self, snapshot: &Arc<Snapshot>) {
        let in_call = matches!(snapshot.screen, treff_app::Screen::Call);
        let mut state = self.state.borrow_mut();
        if !in_call {
            if self.tick.running() {
                self.tick.stop();
                state.forget_meeting();
            }
            state.snapshot = Arc::clone(snapshot);
            return;
        }
        state.snapshot = Arc::clone(snapshot);
        let now = state.now();
        state.show(now);
        drop(state);
        if !self.tick.running() {
            let presenter = self.clone();
            self.tick.start(TimerMode::Repeated, TICK, move || {
                let mut state = presenter.state.borrow_mut();
                let now = state.now();
                state.pass(now);
            });
        }
    }

    /// Takes note of what happened.
    pub fn event(&self, event: &Event) {
        let mut state = self.state.borrow_mut();
        let now = state.now();
        state.happened(now, event);
    }

    /// Draws the pictures that wait; called when the store says that there are some.
    pub fn draw_pictures(&self) {
        let mut state = self.state.borrow_mut();
        let now = state.now();
        let early =
            state.drawn.map_or(Duration::ZERO, |drawn| (drawn + FRAME).saturating_duration_since(now));
        if early.is_zero() {
            state.draw(now);
        } else if !self.frame.running() {
            let presenter = self.clone();
            self.frame.start(TimerMode::SingleShot, early, move || {
                let mut state = presenter.state.borrow_mut();
                let now = state.now();
                state.draw(now);
            });
        }
    }

    /// The window came to sight or went out of it: what is not seen is not received.
    pub fn set_visible(&self, visible: bool) {
        let mut state = self.state.borrow_mut();
        state.visible = visible;
        let now = state.now();
        state.arrange(now);
    }
}

impl Models {
    fn show_on(&self, adapter: &CallAdapter<'_>) {
        adapter.set_tiles(self.tiles.model());
        adapter.set_pictures(self.pictures.model());
        adapter.set_people(self.people.model());
        adapter.set_knocking(self.knocking.model());
        adapter.set_messages(self.messages.model());
        adapter.set_microphones(self.microphones.model());
        adapter.set_speakers(self.speakers.model());
        adapter.set_cameras(self.cameras.model());
        adapter.set_numbers(self.numbers.model());
        adapter.set_floating(self.floating.model());
    }
}

impl State {
    fn now(&self) -> Instant {
        (self.clock)()
    }

    /// Another meeting starts with nothing of this one.
    fn forget_meeting(&mut self) {
        self.arranger = Arranger::default();
        self.constraints = Constraints::default();
        self.speaking = Speaking::default();
        self.banners = Banners::default();
        self.news = News::default();
        self.pinned = None;
        self.zoom = 1.0;
        self.images.clear();
        self.sources.clear();
        self.read = None;
        self.reactions.clear();
        self.dial_in_asked = false;
        self.store.show(&BTreeMap::new());
        self.rows.tiles.set(Vec::new());
        self.rows.pictures.set(Vec::new());
        if let Some(window) = self.window.upgrade() {
            let adapter = window.global::<CallAdapter<'_>>();
            adapter.set_sheet(CallSheet::None);
            adapter.set_private_to(Default::default());
        }
    }

    /// Everything that follows the snapshot.
    fn show(&mut self, now: Instant) {
        let Some(window) = self.window.upgrade() else { return };
        let adapter = window.global::<CallAdapter<'_>>();
        let snapshot = Arc::clone(&self.snapshot);
        let guest = adapter.get_guest();
        let meeting = snapshot.subject.as_deref().filter(|subject| !subject.trim().is_empty());
        adapter.set_meeting(meeting.unwrap_or(&snapshot.room).into());
        adapter.set_recording(snapshot.recording);
        adapter.set_quality(quality(&snapshot));
        adapter.set_microphone(snapshot.me.microphone);
        adapter.set_camera(snapshot.me.camera);
        adapter.set_hand(snapshot.me.hand_raised);
        adapter.set_sharing(snapshot.me.screen.is_some());
        adapter.set_can_share(snapshot.devices.can_share);
        adapter.set_self_view(snapshot.settings.self_view);
        adapter.set_people_count(snapshot.participants.len() as i32 + 1);
        adapter.set_alone(snapshot.participants.is_empty());
        adapter.set_may_set_password(snapshot.door.may_set_password);
        adapter.set_may_set_lobby(snapshot.door.may_set_lobby);
        adapter.set_password_set(snapshot.door.password_set);
        adapter.set_lobby(snapshot.door.lobby);
        if adapter.get_link() != snapshot.link.as_str() {
            adapter.set_link(snapshot.link.clone().into());
            adapter.set_link_code(qr(&snapshot.link).unwrap_or_default());
        }
        self.show_devices(&adapter);
        self.show_dial_in(&adapter);
        self.rows.knocking.set(people::knockers(&snapshot, &guest));
        let time = |at| self.host.local_time(at).format("%H:%M").to_string();
        self.rows.messages.set(people::messages(&snapshot, &guest, time));
        self.show_unread(&adapter);
        self.banners.follow(now, &snapshot);
        self.pass(now);
        self.arrange(now);
    }

    fn show_devices(&self, adapter: &CallAdapter<'_>) {
        let devices = &self.snapshot.devices;
        let rows = |list: &[treff_app::Device], chosen: &Option<String>| {
            let chosen = chosen.as_ref().or_else(|| list.first().map(|device| &device.id)).cloned();
            let row = |device: &treff_app::Device| CallDevice {
                chosen: chosen.as_ref() == Some(&device.id),
                id: device.id.clone().into(),
                name: device.name.clone().into(),
            };
            list.iter().map(row).collect::<Vec<_>>()
        };
        self.rows.microphones.set(rows(&devices.microphones, &devices.microphone));
        self.rows.speakers.set(rows(&devices.speakers, &devices.speaker));
        self.rows.cameras.set(rows(&devices.cameras, &devices.camera));
        adapter.set_problems(CallProblems {
            microphone: problem(devices.microphone_problem).into(),
            speaker: problem(devices.speaker_problem).into(),
            camera: problem(devices.camera_problem).into(),
            share: problem(devices.share_problem).into(),
        });
    }

    fn show_dial_in(&self, adapter: &CallAdapter<'_>) {
        let dial_in = self.snapshot.dial_in.as_ref();
        let numbers = dial_in.map(|dial_in| dial_in.numbers.as_slice()).unwrap_or_default();
        let row = |number: &treff_app::DialInNumber| DialInNumber {
            country: number.country.clone().into(),
            number: number.number.clone().into(),
        };
        self.rows.numbers.set(numbers.iter().map(row).collect());
        adapter.set_pin(dial_in.map(|dial_in| dial_in.pin.clone()).unwrap_or_default().into());
        adapter.set_dial_in_asked(self.dial_in_asked && numbers.is_empty());
    }

    /// Counts what was written since the chat was last open.
    fn show_unread(&mut self, adapter: &CallAdapter<'_>) {
        let chat = &self.snapshot.chat;
        if adapter.get_sheet() == CallSheet::Chat {
            self.read = chat.last().map(|line| line.id.clone());
        }
        let read = self.read.as_ref().and_then(|id| chat.iter().position(|line| line.id == *id));
        let news = &chat[read.map_or(0, |index| index + 1)..];
        let me = self.snapshot.me.endpoint.as_str();
        let unread = news.iter().filter(|line| line.from.as_deref() != Some(me)).count();
        adapter.set_unread(unread as i32);
    }

    /// Puts everybody in their place, and asks the core for what that takes.
    fn arrange(&mut self, now: Instant) {
        let Some(window) = self.window.upgrade() else { return };
        let adapter = window.global::<CallAdapter<'_>>();
        let snapshot = Arc::clone(&self.snapshot);
        let guest = adapter.get_guest();
        let people: Vec<Person<'_>> = snapshot
            .participants
            .iter()
            .map(|person| Person {
                endpoint: &person.endpoint,
                shares_screen: person.tracks.screen.is_some(),
            })
            .collect();
        let arrangement = self.arranger.arrange(&Scene {
            people: &people,
            self_view: snapshot.settings.self_view,
            corner: self.corner,
            dominant: snapshot.dominant_speaker.as_deref(),
            recent: &snapshot.recent_speakers,
            pinned: self.pinned.as_ref(),
            view: self.view,
            area: self.area,
            type_scale: window.global::<Theme<'_>>().get_type_scale(),
        });
        let heard = self.speaking.speakers(now);
        let speaks = |subject: &Subject| match subject {
            Subject::Me => self.speaking.me(now),
            Subject::Person(endpoint) => heard.contains(endpoint),
            Subject::Screen(_) => false,
        };
        let scale = window.window().scale_factor();
        let mut wanted = Vec::new();
        let mut heights = BTreeMap::new();
        let mut rows = Vec::new();
        self.sources.clear();
        for placed in &arrangement.tiles {
            let source = tiles::source(&snapshot, &placed.subject);
            let picture = source.as_ref().and_then(|source| Some(self.images.get(source)?.1));
            let aspect = tiles::aspect(picture);
            if let Some(source) = &source {
                let zoomed = matches!(placed.subject, Subject::Screen(_))
                    && placed.place == super::layout::Place::Stage;
                let scale = if zoomed { scale * self.zoom } else { scale };
                let fit = tiles::fit(placed, aspect);
                let want = Wanted::of(source.clone(), placed.rect, placed.place, fit, aspect, scale);
                heights.insert(source.clone(), want.height.max(LEAST_HEIGHT).ceil() as u32);
                if source != OWN_PICTURE {
                    wanted.push(want);
                }
            }
            let pinned = self.pinned.as_ref() == Some(&placed.subject);
            let marks = tiles::Marks { guest: &guest, picture, speaking: speaks(&placed.subject), pinned };
            rows.push(tiles::row(&snapshot, placed, &marks));
            self.sources.push(source);
        }
        self.images.retain(|source, _| heights.contains_key(source));
        let image = |source: &Option<String>| {
            source.as_ref().and_then(|source| Some(self.images.get(source)?.0.clone())).unwrap_or_default()
        };
        self.rows.pictures.set(self.sources.iter().map(image).collect());
        self.rows.tiles.set(rows);
        let more = arrangement.more.unwrap_or_default();
        adapter.set_more(MoreTile {
            x: more.x,
            y: more.y,
            width: more.width,
            height: more.height,
            count: arrangement.hidden as i32,
        });
        let pinned = match &self.pinned {
            Some(Subject::Person(endpoint)) => Some(endpoint.as_str()),
            _ => None,
        };
        self.rows.people.set(people::rows(&snapshot, &guest, |id| heard.contains(id), pinned));
        self.store.show(&if self.visible { heights } else { BTreeMap::new() });
        let wanted = self.visible.then_some(wanted.as_slice());
        if let Some(layout) = self.constraints.update(now, wanted) {
            self.host.dispatch(Command::SetLayout { layout });
        }
    }

    /// Shows the pictures that came.
    fn draw(&mut self, now: Instant) {
        self.drawn = Some(now);
        let mut reshaped = false;
        for (source, pixels) in self.store.take() {
            let size = (pixels.width(), pixels.height());
            let image = Image::from_rgb8(pixels);
            for (index, shown) in self.sources.iter().enumerate() {
                if shown.as_deref() == Some(source.as_str()) {
                    self.rows.pictures.set_row(index, image.clone());
                }
            }
            reshaped |= self.images.insert(source, (image, size)).is_none_or(|(_, before)| before != size);
        }
        if reshaped {
            self.arrange(now);
        }
    }

    /// What passes with time.
    fn pass(&mut self, now: Instant) {
        let Some(window) = self.window.upgrade() else { return };
        let adapter = window.global::<CallAdapter<'_>>();
        let joined = self.snapshot.joined_at.unwrap_or_else(|| self.host.now());
        adapter.set_minutes((self.host.now().saturating_sub(joined) / 60_000) as i32);
        let shown = self.banners.shown(now, &self.snapshot, &adapter.get_guest());
        adapter.set_banner(shown.kind);
        adapter.set_banner_name(shown.name.into());
        adapter.set_banner_id(shown.id.into());
        adapter.set_banner_more(shown.more);
        if let Some(news) = self.news.next(now) {
            adapter.set_news(news);
        }
        if self.copied.is_some_and(|copied| now.duration_since(copied) >= COPIED) {
            self.copied = None;
            adapter.set_link_copied(false);
        }
        let before = self.reactions.len();
        self.reactions.retain(|(since, _)| now.duration_since(*since) < REACTION);
        if self.reactions.len() != before {
            self.show_reactions();
        }
        if self.constraints.due().is_some_and(|due| due <= now) || self.rings_changed(now) {
            self.arrange(now);
        }
    }

    fn rings_changed(&self, now: Instant) -> bool {
        let heard = self.speaking.speakers(now);
        let model = self.rows.tiles.model();
        slint::Model::iter(&model).any(|tile| match tiles::subject(&tile.key) {
            Some(Subject::Me) => tile.speaking != self.speaking.me(now),
            Some(Subject::Person(endpoint)) => tile.speaking != heard.contains(&endpoint),
            _ => false,
        })
    }

    fn show_reactions(&self) {
        self.rows.floating.set(self.reactions.iter().map(|(_, reaction)| reaction.clone()).collect());
    }

    /// Takes note of an event.
    fn happened(&mut self, now: Instant, event: &Event) {
        let Some(window) = self.window.upgrade() else { return };
        let guest = window.global::<CallAdapter<'_>>().get_guest();
        let named = |name: &Option<String>| name.clone().unwrap_or_else(|| guest.to_string());
        match event {
            Event::Levels { me, speakers } => {
                if self.speaking.hear(now, *me, speakers, !self.snapshot.me.microphone) {
                    self.banners.speaks_muted(now);
                    self.pass(now);
                } else if self.rings_changed(now) {
                    self.arrange(now);
                }
            }
            Event::ParticipantJoined { name, .. } => {
                self.news.add(now, CallNewsKind::Joined, &named(name), "")
            }
            Event::ParticipantLeft { name, .. } => self.news.add(now, CallNewsKind::Left, &named(name), ""),
            Event::Chat { from, name, text, private }
                if from.as_deref() != Some(self.snapshot.me.endpoint.as_str()) =>
            {
                let kind = if *private { CallNewsKind::PrivateMessage } else { CallNewsKind::Message };
                self.news.add(now, kind, &named(name), text);
            }
            Event::KnockArrived { name, .. } => self.news.add(now, CallNewsKind::Knock, name, ""),
            Event::Reconnecting => self.news.add(now, CallNewsKind::Reconnecting, "", ""),
            Event::Reconnected => self.news.add(now, CallNewsKind::Reconnected, "", ""),
            Event::Recording { on: true, .. } => self.news.add(now, CallNewsKind::Recording, "", ""),
            Event::MutedByModerator { media, .. } if media == "audio" => self.banners.muted_by_moderator(now),
            Event::Warning { notice, .. } => self.banners.notice(now, notice.clone()),
            Event::Reaction { from, reaction } => self.react(now, from, *reaction, &guest),
            _ => {}
        }
    }

    fn react(&mut self, now: Instant, from: &str, reaction: treff_app::Reaction, guest: &str) {
        let Some(reaction) = wishes::shown_reaction(reaction) else { return };
        let name = people::name_of(&self.snapshot, from, guest);
        let own = || self.snapshot.me.name.clone();
        self.reactions_so_far += 1;
        // Spread over the width, but the same for the same count: no randomness is needed for that.
        let start = (self.reactions_so_far * 37 % 100) as f32 / 100.0 * 0.6 + 0.2;
        let row = FloatingReaction {
            id: self.reactions_so_far,
            reaction,
            name: name.unwrap_or_else(own).into(),
            start,
        };
        self.reactions.push((now, row));
        self.show_reactions();
    }
}

fn quality(snapshot: &Snapshot) -> i32 {
    match snapshot.quality {
        treff_app::Quality::Unknown => 0,
        treff_app::Quality::Good => 1,
        treff_app::Quality::Fair => 2,
        treff_app::Quality::Poor => 3,
    }
}
