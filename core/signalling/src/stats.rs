//! Counters of what was received and what had to be dropped. Bad input from the network is counted here, never a panic.

/// What came in and what was wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Frames received on the signalling socket.
    pub frames: u64,
    /// Frames that are no single well-formed element, too large or too deep.
    pub malformed_frames: u64,
    /// Stanzas whose content could not be used.
    pub malformed_stanzas: u64,
    /// Stanzas that came from somebody who may not send them.
    pub untrusted_stanzas: u64,
    /// Elements that are no part of the protocol as we know it.
    pub unknown_stanzas: u64,
    /// Answers nobody waited for, such as late ones.
    pub unexpected_answers: u64,
    /// Messages received on the bridge channel.
    pub bridge_messages: u64,
    /// Messages on the bridge channel that could not be read.
    pub malformed_bridge_messages: u64,
    /// Messages on the bridge channel of a class we do not know.
    pub unknown_bridge_messages: u64,
    /// Stanzas of ours that could not be written.
    pub unsendable: u64,
}

impl Stats {
    /// Everything that was dropped for being wrong (not merely unknown or late).
    pub fn dropped(&self) -> u64 {
        self.malformed_frames
            + self.malformed_stanzas
            + self.untrusted_stanzas
            + self.malformed_bridge_messages
            + self.unsendable
    }
}
