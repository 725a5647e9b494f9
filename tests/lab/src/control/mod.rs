//! What a test orders from a running lab: people, faults, moderation, and looks at what clients send.

mod faults;
mod moderation;
mod people;

use crate::bridge::Place;
use crate::lab::{Lab, LabError};
use crate::names;

impl Lab {
    /// An endpoint's place on the bridge.
    fn place(&self, room: &str, endpoint: &str) -> Result<Place, LabError> {
        let jid = names::room(room);
        let conference = self.hub.with(|core, _| core.focus.conference_id(&jid));
        let conference = conference.ok_or_else(|| LabError::Unknown(format!("room {room}")))?;
        Ok(Place { conference, endpoint: endpoint.to_owned() })
    }
}
