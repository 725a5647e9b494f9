//! The bridge channel: the JSON messages (`messages`) and the machine that keeps a channel open (`channel`).

pub(crate) mod channel;
pub(crate) mod messages;
