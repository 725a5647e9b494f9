//! Which devices there are, which is the system's default, which a person chose, and which is used for it. Pure: whoever
//! finds devices tells them here, whoever shows or opens them asks here.

use treff_media::device::DeviceInfo;

/// What a device is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeviceKind {
    /// To speak into.
    Microphone,
    /// To hear with.
    Speaker,
    /// To be seen with.
    Camera,
}

/// One device, as plain data for a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// What it is for.
    pub kind: DeviceKind,
    /// Stable across restarts.
    pub id: String,
    /// As the system names it.
    pub name: String,
    /// The system takes it when nobody chooses.
    pub is_default: bool,
}

/// The device in use has changed without anybody choosing: it was unplugged, or is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What the device is for.
    pub kind: DeviceKind,
    /// Its name as it was; none if there was none.
    pub from: Option<String>,
    /// The name of the one that took over; none if none is left.
    pub to: Option<String>,
}

/// The devices of one system.
#[derive(Debug, Default)]
pub(crate) struct Inventory {
    microphones: Shelf,
    speakers: Shelf,
    cameras: Shelf,
}

/// The devices of one kind.
#[derive(Clone, Debug, Default)]
struct Shelf {
    /// In the order they appeared, each with a key of its finder.
    devices: Vec<(u32, DeviceInfo)>,
    default: Option<String>,
    chosen: Option<String>,
}

impl Shelf {
    fn find(&self, id: Option<&String>) -> Option<&DeviceInfo> {
        let id = id?;
        self.devices.iter().map(|(_, device)| device).find(|device| device.id == *id)
    }

    /// The chosen device; if it is not there, the default; if that is unknown, the first.
    fn used(&self) -> Option<&DeviceInfo> {
        self.find(self.chosen.as_ref())
            .or_else(|| self.find(self.default.as_ref()))
            .or_else(|| self.devices.first().map(|(_, device)| device))
    }
}

/// What a change means for others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// A list reads differently now.
    pub(crate) listed: Option<DeviceKind>,
    pub(crate) moved: Option<Moved>,
}

impl Inventory {
    fn shelf(&self, kind: DeviceKind) -> &Shelf {
        match kind {
            DeviceKind::Microphone => &self.microphones,
            DeviceKind::Speaker => &self.speakers,
            DeviceKind::Camera => &self.cameras,
        }
    }

    /// Changes one shelf and tells what that meant.
    fn change(&mut self, kind: DeviceKind, change: impl FnOnce(&mut Shelf)) -> Change {
        let shelf = match kind {
            DeviceKind::Microphone => &mut self.microphones,
            DeviceKind::Speaker => &mut self.speakers,
            DeviceKind::Camera => &mut self.cameras,
        };
        let before = shelf.clone();
        change(shelf);
        let listed = (before.devices != shelf.devices || before.default != shelf.default).then_some(kind);
        let (from, to) = (before.used(), shelf.used());
        let moved = (from.map(|d| &d.id) != to.map(|d| &d.id)).then(|| Moved {
            kind,
            from: from.map(|device| device.name.clone()),
            to: to.map(|device| device.name.clone()),
        });
        Change { listed, moved }
    }

    /// A device appeared, or tells more about itself.
    pub(crate) fn add(&mut self, kind: DeviceKind, key: u32, device: DeviceInfo) -> Change {
        self.change(kind, |shelf| match shelf.devices.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = device,
            None => shelf.devices.push((key, device)),
        })
    }

    /// A device went.
    pub(crate) fn remove(&mut self, key: u32) -> Change {
        let kinds = [DeviceKind::Microphone, DeviceKind::Speaker, DeviceKind::Camera];
        let kind = kinds.into_iter().find(|kind| self.shelf(*kind).devices.iter().any(|(k, _)| *k == key));
        kind.map(|kind| self.change(kind, |shelf| shelf.devices.retain(|(known, _)| *known != key)))
            .unwrap_or_default()
    }

    /// Replaces all devices of a kind, for finders that only take stock.
    pub(crate) fn replace(&mut self, kind: DeviceKind, devices: Vec<DeviceInfo>) -> Change {
        self.change(kind, |shelf| shelf.devices = (0..).zip(devices).collect())
    }

    /// The system takes another device by itself.
    pub(crate) fn set_default(&mut self, kind: DeviceKind, id: Option<String>) -> Change {
        self.change(kind, |shelf| shelf.default = id)
    }

    /// A person chose. The choice stays while the device is away. Not a move: what is open stays.
    pub(crate) fn choose(&mut self, kind: DeviceKind, id: Option<&str>) {
        let _ = self.change(kind, |shelf| shelf.chosen = id.map(str::to_owned));
    }

    /// What was chosen, there or not.
    pub(crate) fn chosen(&self, kind: DeviceKind) -> Option<&str> {
        self.shelf(kind).chosen.as_deref()
    }

    /// The device that is used now.
    pub(crate) fn used(&self, kind: DeviceKind) -> Option<&DeviceInfo> {
        self.shelf(kind).used()
    }

    pub(crate) fn is_empty(&self, kind: DeviceKind) -> bool {
        self.shelf(kind).devices.is_empty()
    }

    /// In the order they appeared.
    pub(crate) fn list(&self, kind: DeviceKind) -> Vec<Device> {
        let shelf = self.shelf(kind);
        let device = |info: &DeviceInfo| Device {
            kind,
            id: info.id.clone(),
            name: info.name.clone(),
            is_default: shelf.default.as_deref() == Some(&info.id),
        };
        shelf.devices.iter().map(|(_, info)| device(info)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIC: DeviceKind = DeviceKind::Microphone;

    fn info(id: &str) -> DeviceInfo {
        DeviceInfo { id: id.to_owned(), name: format!("The {id}") }
    }

    fn laptop_and_headset() -> Inventory {
        let mut inventory = Inventory::default();
        inventory.add(MIC, 40, info("laptop"));
        inventory.add(MIC, 41, info("headset"));
        inventory.set_default(MIC, Some("laptop".to_owned()));
        inventory
    }

    fn moved(from: Option<&str>, to: Option<&str>) -> Option<Moved> {
        let name = |id: Option<&str>| id.map(|id| format!("The {id}"));
        Some(Moved { kind: MIC, from: name(from), to: name(to) })
    }

    #[test]
    fn an_unplugged_choice_falls_back_to_the_default_and_returns() {
        let mut inventory = laptop_and_headset();
        inventory.choose(MIC, Some("headset"));
        assert_eq!(inventory.used(MIC), Some(&info("headset")));
        let gone = inventory.remove(41);
        assert_eq!(gone, Change { listed: Some(MIC), moved: moved(Some("headset"), Some("laptop")) });
        assert_eq!(inventory.chosen(MIC), Some("headset"));
        let back = inventory.add(MIC, 57, info("headset"));
        assert_eq!(back.moved, moved(Some("laptop"), Some("headset")));
    }

    #[test]
    fn the_default_is_followed_unless_somebody_chose() {
        let mut inventory = laptop_and_headset();
        let change = inventory.set_default(MIC, Some("headset".to_owned()));
        assert_eq!(change, Change { listed: Some(MIC), moved: moved(Some("laptop"), Some("headset")) });
        inventory.choose(MIC, Some("laptop"));
        assert_eq!(inventory.set_default(MIC, Some("laptop".to_owned())).moved, None);
        let defaults: Vec<_> = inventory.list(MIC).into_iter().map(|d| (d.id, d.is_default)).collect();
        assert_eq!(defaults, [("laptop".to_owned(), true), ("headset".to_owned(), false)]);
    }

    #[test]
    fn the_last_device_leaves_nothing() {
        let mut inventory = Inventory::default();
        assert_eq!(inventory.add(MIC, 1, info("laptop")).moved, moved(None, Some("laptop")));
        assert_eq!(inventory.remove(1).moved, moved(Some("laptop"), None));
        assert!(inventory.is_empty(MIC));
        assert_eq!(inventory.remove(1), Change::default());
    }

    #[test]
    fn taking_stock_of_the_same_devices_changes_nothing() {
        let mut inventory = Inventory::default();
        assert_eq!(inventory.replace(MIC, vec![info("usb")]).listed, Some(MIC));
        assert_eq!(inventory.replace(MIC, vec![info("usb")]), Change::default());
    }
}
