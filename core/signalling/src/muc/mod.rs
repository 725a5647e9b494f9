//! The meeting's room (XEP-0045 with Jitsi's presence): reading and writing presence, refusals, who is there, and the
//! machine that joins and leaves. In: presence elements. Out: participant events and what became of our own presence.

pub(crate) mod own_presence;
pub(crate) mod owner_form;
pub(crate) mod presence;
pub(crate) mod refusal;
pub(crate) mod room;
pub(crate) mod roster;
