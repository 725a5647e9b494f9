//! This device's addresses, as Kotlin knows them from LinkProperties.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use treff_app::NetworkAddresses;

/// The newest addresses. Kotlin writes them whenever the network changes; the core reads them then, and for each media session.
#[derive(Clone, Default)]
pub(crate) struct Addresses(Arc<Mutex<Vec<IpAddr>>>);

impl Addresses {
    /// Replaces them, and tells whether they are others than before. What is no address is dropped; a scope (`%wlan0`) is
    /// cut off.
    pub(crate) fn set(&self, addresses: &[String]) -> bool {
        let read = |text: &String| text.split('%').next().and_then(|address| address.parse().ok());
        let new: Vec<IpAddr> = addresses.iter().filter_map(read).collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = *kept != new;
        *kept = new;
        changed
    }
}

impl NetworkAddresses for Addresses {
    fn addresses(&self) -> Vec<IpAddr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_nonsense_is_dropped() {
        let addresses = Addresses::default();
        let told = ["192.0.2.7", "fe80::1%wlan0", "wlan0", ""].map(str::to_owned);
        assert!(addresses.set(&told));
        assert!(!addresses.set(&told), "the same again");
        let expected: Vec<IpAddr> = vec![[192, 0, 2, 7].into(), "fe80::1".parse().expect("an address")];
        assert_eq!(addresses.addresses(), expected);
    }
}
