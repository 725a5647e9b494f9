//! Reads a deployment's `config.js` without a JavaScript engine.
//!
//! In: the address of a meeting and the text of the file. Out: a typed [`Deployment`] with absolute addresses and all
//! defaults filled in, or why there is none. Pure and bounded: a hostile file is refused or read in part, it cannot
//! move signalling off TLS, and it costs a fraction of a second at most.

mod deployment;
mod error;
#[doc(hidden)]
pub mod fuzz;
mod overrides;
mod privacy;
mod quality;
mod reader;
mod script;
mod tree;
mod urls;

use treff_link::MeetingAddress;

pub use deployment::{
    BridgeChannelConfig, Deployment, IceConfig, LobbyConfig, P2pConfig, PingConfig, PrejoinConfig,
    StartConfig,
};
pub use error::DeploymentError;
pub use privacy::{DialInAddresses, ForeignPurpose, ForeignService, Offers};
pub use quality::{Layering, MaxBitrates, VideoQuality};
pub use urls::with_parameters;

/// Largest file that is read; real ones have about 90 kB.
const MAX_BYTES: usize = 512 * 1024;

/// Where the deployment's configuration for this meeting is.
#[must_use]
pub fn config_url(address: &MeetingAddress) -> String {
    let mut parameters = vec![("room", address.room().as_str())];
    parameters.extend(address.release().map(|release| ("release", release)));
    with_parameters(&format!("{}config.js", address.base_url()), &parameters)
}

/// Reads `config.js`. What the link may override is already applied; [`Deployment::raw`] stays as the server has it.
///
/// # Errors
/// [`DeploymentError::NotJitsi`] when the text configures no Jitsi deployment, such as a page that says "not found";
/// [`DeploymentError::UnsafeAddress`] when it wants signalling over anything but TLS;
/// [`DeploymentError::TooLarge`] beyond half a megabyte.
pub fn parse(config_js: &str, address: &MeetingAddress) -> Result<Deployment, DeploymentError> {
    if config_js.len() > MAX_BYTES {
        return Err(DeploymentError::TooLarge);
    }
    let globals = vec![("location".to_owned(), urls::location(address))];
    let raw = script::evaluate(config_js, globals, "config").ok_or(DeploymentError::NotJitsi)?;
    let mut deployment = reader::read(raw, address)?;
    deployment.apply(address.overrides());
    Ok(deployment)
}

/// What most servers would say, for one that cannot be asked.
#[must_use]
pub fn defaults(address: &MeetingAddress) -> Deployment {
    let mut deployment = reader::defaults(address);
    deployment.apply(address.overrides());
    deployment
}

#[cfg(test)]
mod tests;
