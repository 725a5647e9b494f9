//! Which devices a PipeWire server has, told to the inventory as they come and go.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use ::pipewire as pw;
use pw::core::CoreRc;
use pw::metadata::{Metadata, MetadataListener};
use pw::registry::{GlobalObject, Listener, RegistryRc};
use pw::spa::utils::dict::DictRef;
use pw::types::ObjectType;
use treff_media::device::DeviceInfo;

use super::kind_of;
use crate::inventory::DeviceKind;
use crate::shared::Shared;

type Defaults = Rc<RefCell<Option<(u32, Metadata, MetadataListener)>>>;
type Known = Rc<RefCell<BTreeSet<u32>>>;

/// Watches for as long as it lives.
pub(super) struct Registry {
    _listener: Listener,
    known: Known,
    defaults: Defaults,
    _registry: RegistryRc,
}

impl Registry {
    /// None when the server is gone again.
    pub(super) fn open(server: &CoreRc, shared: &Arc<Shared>) -> Option<Self> {
        let registry = server.get_registry_rc().ok()?;
        let (known, defaults) = (Known::default(), Defaults::default());
        let weak = registry.downgrade();
        let (added, kept, finder) = (Rc::clone(&known), Rc::clone(&defaults), Arc::clone(shared));
        let (removed, given_up, loser) = (Rc::clone(&known), Rc::clone(&defaults), Arc::clone(shared));
        let listener = registry
            .add_listener_local()
            .global(move |global| match global.type_ {
                ObjectType::Node => {
                    if let Some((kind, device)) = global.props.and_then(device) {
                        added.borrow_mut().insert(global.id);
                        finder.change(|inventory| inventory.add(kind, global.id, device));
                    }
                }
                ObjectType::Metadata if name(global) == Some("default") => {
                    let Some(registry) = weak.upgrade() else { return };
                    if let Ok(metadata) = registry.bind::<Metadata, _>(global) {
                        let listener = watch_defaults(&metadata, &finder);
                        *kept.borrow_mut() = Some((global.id, metadata, listener));
                    }
                }
                _ => {}
            })
            .global_remove(move |id| {
                if removed.borrow_mut().remove(&id) {
                    loser.change(|inventory| inventory.remove(id));
                }
                let ours = given_up.borrow().as_ref().is_some_and(|(known, ..)| *known == id);
                if ours {
                    *given_up.borrow_mut() = None;
                }
            })
            .register();
        Some(Self { _listener: listener, known, defaults, _registry: registry })
    }

    /// The server is gone, and its devices with it.
    pub(super) fn clear(self, shared: &Shared) {
        *self.defaults.borrow_mut() = None;
        for id in std::mem::take(&mut *self.known.borrow_mut()) {
            shared.change(|inventory| inventory.remove(id));
        }
    }
}

fn name<'a>(global: &GlobalObject<&'a DictRef>) -> Option<&'a str> {
    global.props?.get("metadata.name")
}

fn device(properties: &DictRef) -> Option<(DeviceKind, DeviceInfo)> {
    let class = properties.get(*pw::keys::MEDIA_CLASS)?;
    let kind = kind_of(class, properties.get(*pw::keys::MEDIA_ROLE), properties.get(*pw::keys::DEVICE_API))?;
    let id = properties.get(*pw::keys::NODE_NAME)?.to_owned();
    let names = [*pw::keys::NODE_DESCRIPTION, *pw::keys::NODE_NICK, *pw::keys::NODE_NAME];
    let name = names.into_iter().find_map(|key| properties.get(key).filter(|name| !name.is_empty()))?;
    Some((kind, DeviceInfo { id, name: name.to_owned() }))
}

fn watch_defaults(metadata: &Metadata, shared: &Arc<Shared>) -> MetadataListener {
    let shared = Arc::clone(shared);
    metadata
        .add_listener_local()
        .property(move |_, key, _, value| {
            let kind = match key {
                Some("default.audio.source") => DeviceKind::Microphone,
                Some("default.audio.sink") => DeviceKind::Speaker,
                _ => return 0,
            };
            let id = value.and_then(default_name);
            shared.change(|inventory| inventory.set_default(kind, id));
            0
        })
        .register()
}

/// The name in `{ "name": "…" }`.
fn default_name(value: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(value).ok()?;
    Some(value.get("name")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_named_in_json() {
        assert_eq!(default_name(r#"{"name":"alsa_input.usb"}"#), Some("alsa_input.usb".to_owned()));
        assert_eq!(default_name("{}"), None);
        assert_eq!(default_name(r#"{"name":7}"#), None);
        assert_eq!(default_name("nonsense"), None);
    }
}
