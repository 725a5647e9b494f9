//! Faults on command, and looks at what an endpoint sends.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::bridge::{Command, Direction, EndpointReport, ReceivedPacket, Shaping};
use crate::focus::Refusal;
use crate::lab::{Lab, LabError};
use crate::names;

impl Lab {
    /// Cuts an endpoint's signalling socket without a word.
    ///
    /// # Errors
    /// When there is no such endpoint with a socket.
    pub fn drop_signalling(&self, room: &str, endpoint: &str) -> Result<(), LabError> {
        let jid = names::room(room);
        let cut = self.hub.with(|core, _| {
            let account =
                core.muc.room(&jid).and_then(|r| r.occupants.get(endpoint)).map(|o| o.account.clone());
            account.is_some_and(|account| core.cut(&account))
        });
        if cut { Ok(()) } else { Err(LabError::Unknown(format!("endpoint {endpoint}"))) }
    }

    /// Cuts every signalling socket without a word, on any server.
    pub fn drop_all_signalling(&self) {
        self.hub.with(|core, _| core.cut_all());
    }

    /// Sends an endpoint a text frame over its signalling socket, whatever it is.
    ///
    /// # Errors
    /// When there is no such endpoint with a socket.
    pub fn say_over_signalling(&self, room: &str, endpoint: &str, frame: &str) -> Result<(), LabError> {
        let jid = names::room(room);
        let said = self.hub.with(|core, _| {
            let account =
                core.muc.room(&jid).and_then(|r| r.occupants.get(endpoint)).map(|o| o.account.clone());
            account.is_some_and(|account| core.say(&account, frame))
        });
        if said { Ok(()) } else { Err(LabError::Unknown(format!("endpoint {endpoint}"))) }
    }

    /// Sends an endpoint a text over its bridge channel, whatever it is.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn say_over_bridge(&self, room: &str, endpoint: &str, text: &str) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::Tell { place, text: text.to_owned() });
        Ok(())
    }

    /// Sends an endpoint a datagram from the bridge's address, whatever is in it.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn send_datagram(&self, room: &str, endpoint: &str, bytes: &[u8]) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::Datagram { place, bytes: bytes.to_vec() });
        Ok(())
    }

    /// Sends an endpoint an RTCP packet under its session's keys: authentic, whatever sense it makes. The first eight
    /// bytes have to look like a header.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn send_rtcp(&self, room: &str, endpoint: &str, bytes: &[u8]) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::Rtcp { place, bytes: bytes.to_vec() });
        Ok(())
    }

    /// Cuts an endpoint's colibri WebSocket without a word.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn drop_bridge_channel(&self, room: &str, endpoint: &str) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::DropChannel { place });
        Ok(())
    }

    /// Lets the network between an endpoint and the bridge die: nothing passes until the next session.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn silence_bridge(&self, room: &str, endpoint: &str) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::Silence { place });
        Ok(())
    }

    /// Disturbs an endpoint's media in one direction, until the next session; the default shaping ends it.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn shape(
        &self,
        room: &str,
        endpoint: &str,
        direction: Direction,
        shaping: Shaping,
    ) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::Shape { place, direction, shaping });
        Ok(())
    }

    /// Ends an endpoint's session as moving and offers another.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn reoffer(&self, room: &str, endpoint: &str) -> Result<(), LabError> {
        let jid = names::room(room);
        self.place(room, endpoint)?;
        self.hub.with(|core, now| {
            core.with_focus(now, |focus, io| focus.reoffer(&jid.to_string(), endpoint, io));
            core.run(now);
        });
        Ok(())
    }

    /// Asks an endpoint for a key frame of each of its video sources.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn request_keyframe(&self, room: &str, endpoint: &str) -> Result<(), LabError> {
        let place = self.place(room, endpoint)?;
        self.order(Command::RequestKeyframe { place });
        Ok(())
    }

    /// Answers the next conference requests with "not ready".
    pub fn conference_not_ready(&self, times: u32) {
        self.hub.with(|core, _| core.focus.answers.not_ready = times);
    }

    /// Refuses the next conference request that is not refused yet.
    pub fn refuse_conference(&self, refusal: Refusal) {
        self.hub.with(|core, _| core.focus.answers.refusals.push_back(refusal));
    }

    /// How many conference requests came so far, in either form.
    pub fn conference_requests(&self) -> u64 {
        self.hub.with(|core, _| core.focus.answers.requests)
    }

    /// What the bridge knows of an endpoint, if it is on the bridge.
    pub async fn report(&self, room: &str, endpoint: &str) -> Option<EndpointReport> {
        let place = self.place(room, endpoint).ok()?;
        let (reply, answer) = oneshot::channel();
        self.order(Command::Report { place, reply });
        answer.await.ok().flatten()
    }

    /// Waits until an endpoint's report looks right, and gives it.
    ///
    /// # Errors
    /// When it does not in time; the error says `what` was waited for.
    pub async fn wait_for_report(
        &self,
        room: &str,
        endpoint: &str,
        what: &'static str,
        patience: Duration,
        mut check: impl FnMut(&EndpointReport) -> bool,
    ) -> Result<EndpointReport, LabError> {
        let wait = async {
            loop {
                if let Some(report) = self.report(room, endpoint).await.filter(|report| check(report)) {
                    return report;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(patience, wait).await.map_err(|_| LabError::TimedOut(what))
    }

    /// Every media packet an endpoint sends from now on, until the receiver is dropped or the session ends.
    ///
    /// # Errors
    /// When there is no such room.
    pub fn tap(
        &self,
        room: &str,
        endpoint: &str,
    ) -> Result<mpsc::UnboundedReceiver<ReceivedPacket>, LabError> {
        let place = self.place(room, endpoint)?;
        let (tap, packets) = mpsc::unbounded_channel();
        self.order(Command::Tap { place, tap });
        Ok(packets)
    }
}
