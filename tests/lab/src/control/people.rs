//! Synthetic people on command: they come, go, mute, share a screen, raise hands and chat.

use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use treff_media::codec::{MediaKind, VideoCodec};

use crate::bridge::{Command, PersonOrder, Place};
use crate::focus::Entry;
use crate::lab::{Lab, LabError};
use crate::names;
use crate::options::{Person, Server};
use crate::people::{self, CameraLoop, Member, Pace, Performer, Ssrcs, Track, loops};
use crate::xml::{self, Build};

/// How long the focus may take to make a room on a server that is not ours.
const PATIENCE: Duration = Duration::from_secs(20);

/// A person's loops.
struct Media {
    camera: Vec<CameraLoop>,
    tone: loops::ToneLoop,
    silence: loops::ToneLoop,
}

impl Lab {
    /// Lets synthetic people join a room, in order. Their media is encoded first, on all cores.
    ///
    /// # Errors
    /// When their media cannot be made.
    pub async fn add_people(&self, room: &str, people: Vec<Person>) -> Result<Vec<String>, LabError> {
        let first = self.people.lock().unwrap_or_else(PoisonError::into_inner).len();
        let mut making = Vec::new();
        for (n, person) in people.iter().enumerate() {
            let (done, media) = oneshot::channel();
            let (index, codec, video) = (first + n, person.codec, person.video);
            thread::Builder::new().name("lab-encode".to_owned()).spawn(move || {
                // Nobody waits any more if the lab was given up.
                let _ = done.send(media_of(index, codec, video));
            })?;
            making.push(media);
        }
        if !making.is_empty() {
            self.open_room(room).await?;
        }
        let mut nicks = Vec::new();
        for (person, media) in people.into_iter().zip(making) {
            let media = media.await.map_err(|_| LabError::Setup("encoding stopped".to_owned()))?;
            nicks.push(self.seat_person(room, person, media.map_err(LabError::Setup)?)?);
        }
        if self.server == Server::Prosody {
            // The lab's own rooms have seated them already, or turned them away.
            let seen = |lab: &Self| {
                let there = lab.occupants(room);
                nicks.iter().all(|nick| there.iter().any(|occupant| occupant.nick == *nick))
            };
            self.wait_until("the people in the room", PATIENCE, seen).await?;
        }
        Ok(nicks)
    }

    /// Has the focus make a room, and waits until others can come in.
    async fn open_room(&self, room: &str) -> Result<(), LabError> {
        let jid = names::room(room);
        self.hub.with(|core, now| {
            core.with_focus(now, |focus, io| focus.enter(&jid, io));
            core.run(now);
        });
        let open = |lab: &Self| lab.hub.look(|core| core.focus.entry(&jid)) == Some(Entry::Open);
        self.wait_until("the focus in the room", PATIENCE, open).await
    }

    fn seat_person(&self, room: &str, person: Person, media: Media) -> Result<String, LabError> {
        let jid = names::room(room);
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner).fork();
        let uuid = random.uuid();
        let nick = uuid[..8].to_owned();
        let place = self.place(room, &nick)?;
        let ssrcs = Ssrcs::new(person.codec, &mut random);
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let index = people.len();
        let camera = person.video.then(|| {
            let loops = ssrcs.camera.iter().map(|(ssrc, _)| *ssrc).zip(media.camera).collect();
            Track::new(format!("{nick}-v0"), person.codec, Pace::Camera, loops, &mut random)
        });
        let performer = Performer {
            place: place.clone(),
            index,
            stage: self.stage.clone(),
            bridge: self.bridge.clone(),
            audio_ssrc: person.audio.then_some(ssrcs.audio),
            tone: media.tone,
            silence: media.silence,
            camera,
            share: None,
            audio_muted: false,
            video_muted: false,
            first_timestamp: random.next() as u32,
        };
        let (orders, ordered) = mpsc::unbounded_channel();
        let member = Member {
            person,
            nick: nick.clone(),
            index,
            place,
            ssrcs,
            orders: orders.clone(),
            audio_muted: false,
            video_muted: false,
            sharing: false,
            raised_hand: None,
            account: people::account(&uuid, self.server),
            room: jid.clone(),
        };
        self.order(Command::AddPerson { performer: Box::new(performer), orders, ordered });
        let account = member.account.clone();
        let sources = member.sources();
        let state = people::presence(&member);
        self.hub.with(|core, now| {
            core.focus.register_synthetic(&jid, &nick, sources);
            core.seat(now, &jid.occupant(&nick), &account, state);
        });
        people.push(member);
        self.stage.count.store(people.len(), Ordering::Relaxed);
        Ok(nick)
    }

    pub(crate) fn order(&self, command: Command) {
        // The bridge's thread ends only with the lab.
        let _ = self.bridge.send(command);
    }

    /// The frequency in hertz that tells a synthetic person's voice, and the colour indices of camera and screen.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn marks(&self, name: &str) -> Result<(f32, usize, usize), LabError> {
        self.with_member(name, |member| {
            let (camera, screen) = people::colours(member.index, member.person.codec);
            (people::tone(member.index), camera, screen)
        })
    }

    fn with_member<T>(&self, name: &str, action: impl FnOnce(&mut Member) -> T) -> Result<T, LabError> {
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        let member = people.iter_mut().find(|member| member.person.name == name);
        member.map(action).ok_or_else(|| LabError::Unknown(format!("person {name}")))
    }

    /// Tells the room what a person shows now.
    fn republish(&self, room: &str, name: &str) -> Result<(), LabError> {
        let (nick, account, state) =
            self.with_member(name, |m| (m.nick.clone(), m.account.clone(), people::presence(m)))?;
        let occupant = names::room(room).occupant(&nick);
        self.hub.with(|core, now| core.restate(now, &occupant, &account, state));
        Ok(())
    }

    /// Mutes or unmutes a synthetic person.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn mute_person(&self, room: &str, name: &str, kind: MediaKind, muted: bool) -> Result<(), LabError> {
        let (place, nick) = self.with_member(name, |member| {
            let order = match kind {
                MediaKind::Audio => {
                    member.audio_muted = muted;
                    PersonOrder::MuteAudio(muted)
                }
                MediaKind::Video => {
                    member.video_muted = muted;
                    PersonOrder::MuteVideo(muted)
                }
            };
            // A performer that ended has left the room.
            let _ = member.orders.send(order);
            (member.place.clone(), member.nick.clone())
        })?;
        if kind == MediaKind::Video {
            self.set_video_type(place, format!("{nick}-v0"), if muted { "none" } else { "camera" });
        }
        self.republish(room, name)
    }

    fn set_video_type(&self, place: Place, source: String, kind: &str) {
        self.order(Command::SetVideoType { place, source, video_type: kind.to_owned() });
    }

    /// A synthetic person begins to share a screen, or ends it.
    ///
    /// # Errors
    /// When there is no such person or the picture cannot be made.
    pub fn share_screen(&self, room: &str, name: &str, on: bool) -> Result<(), LabError> {
        let screen = self.marks(name)?.2;
        let picture = on.then(|| loops::screen(screen)).transpose().map_err(LabError::Setup)?;
        let mut random = self.random.lock().unwrap_or_else(PoisonError::into_inner).fork();
        let (nick, sources) = self.with_member(name, |member| {
            member.sharing = on;
            if on {
                // As browsers do, who begin again with fresh numbers.
                member.ssrcs.share = (random.ssrc(), random.ssrc());
            }
            let track = picture.map(|picture| {
                let loops = vec![(member.ssrcs.share.0, picture)];
                let source = format!("{}-v1", member.nick);
                Box::new(Track::new(source, VideoCodec::Vp8, Pace::Screen, loops, &mut random))
            });
            let _ = member.orders.send(PersonOrder::Share(track));
            (member.nick.clone(), member.sources())
        })?;
        let jid = names::room(room);
        self.hub.with(|core, now| {
            core.with_focus(now, |focus, io| focus.replace_synthetic_sources(&jid, &nick, sources, io));
            core.run(now);
        });
        self.republish(room, name)
    }

    /// A synthetic person raises a hand at a time in milliseconds, or lowers it.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn raise_hand(&self, room: &str, name: &str, at: Option<u64>) -> Result<(), LabError> {
        self.with_member(name, |member| member.raised_hand = at)?;
        self.republish(room, name)
    }

    /// A synthetic person says something to all, or to one endpoint.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn chat(&self, room: &str, name: &str, text: &str, to: Option<&str>) -> Result<(), LabError> {
        let account = self.with_member(name, |member| member.account.clone())?;
        let id = self.random.lock().unwrap_or_else(PoisonError::into_inner).uuid();
        let jid = names::room(room);
        let (kind, to) = match to {
            Some(nick) => ("chat", jid.occupant(nick)),
            None => ("groupchat", jid),
        };
        let message = xml::client("message")
            .with("type", kind)
            .with("id", id)
            .with("from", account.to_string())
            .with("to", to.to_string())
            .child(xml::client("body").say(text));
        self.hub.with(|core, now| core.inject(now, message));
        Ok(())
    }

    /// A synthetic person sends everybody an endpoint message over the bridge, such as a reaction.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn endpoint_message(&self, name: &str, payload: &Value) -> Result<(), LabError> {
        let (place, nick) = self.with_member(name, |m| (m.place.clone(), m.nick.clone()))?;
        let message = serde_json::json!({
            "colibriClass": "EndpointMessage", "from": nick, "to": "", "msgPayload": payload,
        });
        self.order(Command::Message { place, text: message.to_string() });
        Ok(())
    }

    /// A synthetic person leaves.
    ///
    /// # Errors
    /// When there is no such person.
    pub fn remove_person(&self, name: &str) -> Result<(), LabError> {
        let (occupant, account) = self.with_member(name, |member| {
            let _ = member.orders.send(PersonOrder::Leave);
            (member.room.occupant(&member.nick), member.account.clone())
        })?;
        self.hub.with(|core, now| core.unseat(now, &occupant, &account));
        Ok(())
    }
}

/// Everything a person plays.
fn media_of(index: usize, codec: VideoCodec, video: bool) -> Result<Media, String> {
    let (colour, _) = people::colours(index, codec);
    Ok(Media {
        camera: if video { loops::camera(codec, colour)? } else { Vec::new() },
        tone: loops::tone(Some(people::tone(index)))?,
        silence: loops::tone(None)?,
    })
}
