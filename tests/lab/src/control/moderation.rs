//! The room on command: passwords, the lobby, kicks and mutes, the end.

use tokio::sync::oneshot;
use treff_media::codec::MediaKind;

use crate::jid::Jid;
use crate::lab::{Lab, LabError};
use crate::muc::Affiliation;
use crate::names;
use crate::xmpp::Core;

impl Lab {
    /// Does something in a room that exists.
    fn in_room<T>(&self, room: &str, action: impl FnOnce(&mut Core, &Jid) -> T) -> Result<T, LabError> {
        let jid = names::room(room);
        self.hub.with(|core, now| {
            if core.muc.room(&jid).is_none() {
                return Err(LabError::Unknown(format!("room {room}")));
            }
            let outcome = action(core, &jid);
            core.run(now);
            Ok(outcome)
        })
    }

    /// Locks a room with a password, or unlocks it.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn set_password(&self, room: &str, password: Option<&str>) -> Result<(), LabError> {
        self.in_room(room, |core, jid| core.muc.set_password(jid, password.map(str::to_owned)))
    }

    /// Has the focus lock a room with a password, or unlock it, by the owner's form and on any server.
    ///
    /// # Errors
    /// When there is no such room, or it takes no password.
    pub async fn lock(&self, room: &str, password: Option<&str>) -> Result<(), LabError> {
        let jid = names::room(room);
        let (done, answer) = oneshot::channel();
        self.hub.with(|core, now| {
            let password = password.map(str::to_owned);
            core.with_focus(now, |focus, io| focus.lock(&jid, password, done, io));
            core.run(now);
        });
        match answer.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(LabError::Refused(format!("room {room}"))),
            Err(_) => Err(LabError::Unknown(format!("room {room}"))),
        }
    }

    /// Switches a room's lobby on or off.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn set_lobby(&self, room: &str, on: bool) -> Result<(), LabError> {
        self.in_room(room, |core, jid| core.muc.set_lobby(jid, on))
    }

    /// Lets somebody in who waits in the lobby, by the endpoint id used there.
    ///
    /// # Errors
    /// When nobody of this id waits.
    pub fn admit(&self, room: &str, nick: &str) -> Result<(), LabError> {
        self.in_room(room, |core, jid| {
            let lobby = core.muc.room(jid).and_then(|r| r.lobby.clone());
            let guest = lobby.and_then(|l| Some(core.muc.room(&l)?.occupants.get(nick)?.account.clone()));
            let guest = guest.ok_or_else(|| LabError::Unknown(format!("guest {nick}")))?;
            let moderator = core.muc.room(jid).and_then(|r| r.people().find(|o| o.moderator()));
            let inviter = moderator.map_or_else(names::focus_account, |o| o.account.clone());
            core.muc.invite(jid, &inviter, &guest, None);
            Ok(())
        })?
    }

    /// Refuses somebody who waits in the lobby.
    ///
    /// # Errors
    /// When nobody of this id waits.
    pub fn deny(&self, room: &str, nick: &str) -> Result<(), LabError> {
        self.in_room(room, |core, jid| {
            let lobby = core.muc.room(jid).and_then(|r| r.lobby.clone());
            let lobby = lobby.filter(|l| core.muc.room(l).is_some_and(|r| r.occupants.contains_key(nick)));
            let lobby = lobby.ok_or_else(|| LabError::Unknown(format!("guest {nick}")))?;
            core.muc.deny(&lobby, nick, None);
            Ok(())
        })?
    }

    /// Kicks somebody out, in the name of another occupant if one is given.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn kick(&self, room: &str, nick: &str, actor: Option<&str>, reason: &str) -> Result<(), LabError> {
        self.in_room(room, |core, jid| core.muc.kick(jid, nick, actor, reason))
    }

    /// Makes somebody a moderator.
    ///
    /// # Errors
    /// When there is no such occupant.
    pub fn grant_moderator(&self, room: &str, nick: &str) -> Result<(), LabError> {
        self.in_room(room, |core, jid| {
            let account = core.muc.room(jid).and_then(|r| r.occupants.get(nick)).map(|o| o.account.clone());
            let account = account.ok_or_else(|| LabError::Unknown(format!("occupant {nick}")))?;
            core.muc.set_affiliation(jid, &account, Affiliation::Owner, names::FOCUS_NICK);
            Ok(())
        })?
    }

    /// Has the focus mute somebody, in the name of another occupant if one is given.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn mute(&self, room: &str, nick: &str, kind: MediaKind, actor: Option<&str>) -> Result<(), LabError> {
        let medium = match kind {
            MediaKind::Audio => "audio",
            MediaKind::Video => "video",
        };
        let jid = names::room(room);
        self.place(room, nick)?;
        self.hub.with(|core, now| {
            core.with_focus(now, |focus, io| focus.order_mute(&jid.to_string(), nick, medium, actor, io));
            core.run(now);
        });
        Ok(())
    }

    /// Ends the meeting for all.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn end_meeting(&self, room: &str) -> Result<(), LabError> {
        self.in_room(room, |core, jid| {
            core.muc.destroy(&jid.to_string(), None, "The meeting has been terminated");
        })
    }
}
