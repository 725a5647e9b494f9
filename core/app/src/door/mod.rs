//! The vocabulary of the door: plain data, no behaviour beyond reading itself. Everything here is serde, so that
//! whatever a front end can do or see can be scripted.

pub(crate) mod command;
pub(crate) mod devices;
pub(crate) mod error;
pub(crate) mod event;
pub(crate) mod moderation;
pub(crate) mod notice;
pub(crate) mod servers;
pub(crate) mod settings;
pub(crate) mod snapshot;
pub(crate) mod stats;
