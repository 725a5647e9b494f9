//! A network that changes under a meeting: Wi-Fi left for the mobile network, a cable pulled.
//!
//! In: the platform's word that this device's addresses may have changed. What stands on an address that is gone would
//! notice only by waiting, so it is given up at once. With the signalling socket go the place in the room and the media
//! session; where only the way to the bridge is gone, another session is asked for.

use std::net::IpAddr;
use std::time::Instant;

use super::Driver;
use super::inputs::TextSocket;
use super::meeting::Meeting;

impl Driver {
    /// Looks at this device's addresses again. Without any there is nowhere to go; it is told again when there is.
    pub(super) fn network_changed(&mut self, now: Instant) {
        let addresses = self.platform.network.addresses();
        if addresses.is_empty() {
            return;
        }
        let before = std::mem::replace(&mut self.addresses, addresses);
        self.with_live(|live| live.conference.network_available(now));
        // A socket may stand on an address that was never told, behind a translator: that one is not known to be gone.
        let gone = |ip: IpAddr| before.contains(&ip) && !self.addresses.contains(&ip);
        if self.inputs.signalling.as_ref().and_then(TextSocket::local).is_some_and(gone) {
            self.give_signalling_up(now);
        } else if self.has_media() && !self.has_media_address() {
            self.begin_media_again(now);
        }
    }

    fn give_signalling_up(&mut self, now: Instant) {
        self.inputs.signalling = None;
        self.close_session();
        self.with_live(|live| {
            live.conference.socket_closed(now);
            live.conference.network_available(now);
        });
    }

    fn has_media(&self) -> bool {
        self.meeting.as_ref().and_then(Meeting::live_ref).is_some_and(|live| live.media.is_some())
    }

    /// Whether any socket of the media session stands on an address that this device still has.
    fn has_media_address(&self) -> bool {
        self.inputs.media.iter().any(|socket| self.addresses.contains(&socket.address.ip()))
    }
}
