//! This device's addresses, as Kotlin knows them from LinkProperties.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use treff_app::{AddressWatch, NetworkAddresses};

/// The newest addresses. Kotlin writes them whenever the network changes; the core reads them then, and for each media session.
#[derive(Clone, Default)]
pub(crate) struct Addresses(Arc<Kept>);

#[derive(Default)]
struct Kept {
    addresses: Mutex<Vec<IpAddr>>,
    changed: OnceLock<AddressWatch>,
}

impl Addresses {
    /// Replaces them, and tells the core if they are others than before. What is no address is dropped; a scope (`%wlan0`)
    /// is cut off.
    pub(crate) fn set(&self, addresses: &[String]) {
        let read = |text: &String| text.split('%').next().and_then(|address| address.parse().ok());
        let new: Vec<IpAddr> = addresses.iter().filter_map(read).collect();
        let mut kept = self.0.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *kept, new);
        if before != *kept
            && let Some(changed) = self.0.changed.get()
        {
            changed();
        }
    }
}

impl NetworkAddresses for Addresses {
    fn addresses(&self) -> Vec<IpAddr> {
        self.0.addresses.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn watch(&mut self, changed: AddressWatch) {
        let _ = self.0.changed.set(changed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn addresses_are_read_and_nonsense_is_dropped() {
        let mut addresses = Addresses::default();
        let changes = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&changes);
        addresses.watch(Arc::new(move || {
            counter.fetch_add(1, Ordering::Relaxed);
        }));
        let told = ["192.0.2.7", "fe80::1%wlan0", "wlan0", ""].map(str::to_owned);
        addresses.set(&told);
        addresses.set(&told);
        assert_eq!(changes.load(Ordering::Relaxed), 1, "the same again is no news");
        let expected: Vec<IpAddr> = vec![[192, 0, 2, 7].into(), "fe80::1".parse().expect("an address")];
        assert_eq!(addresses.addresses(), expected);
    }
}
