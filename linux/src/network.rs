//! This machine's addresses.

use std::net::IpAddr;

use treff_app::NetworkAddresses;

/// The addresses of the interfaces that are up now.
pub(crate) struct SystemAddresses;

impl NetworkAddresses for SystemAddresses {
    fn addresses(&self) -> Vec<IpAddr> {
        match if_addrs::get_if_addrs() {
            Ok(interfaces) => interfaces.into_iter().map(|i| i.ip()).collect(),
            Err(error) => {
                tracing::warn!("The network interfaces could not be listed: {error}.");
                Vec::new()
            }
        }
    }
}
