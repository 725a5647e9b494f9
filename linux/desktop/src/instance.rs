//! One Treff a session: whoever owns the name on the bus has the window, a second start hands its links over.
//!
//! This is `org.freedesktop.Application` of the Desktop Entry Specification, so launchers can use it too.

use std::time::Duration;

use zbus::fdo::RequestNameFlags;
use zbus::zvariant::OwnedValue;
use zbus::{fdo, interface};

use crate::bus::{Bus, Details, OwnedDetails, Peer, activation_token, within};
use crate::desktop::Outbox;
use crate::event::Event;
use crate::failure::Failure;
use crate::options::{APP_ID, APP_PATH, Options};

const APPLICATION: Peer = Peer { name: APP_ID, path: APP_PATH, interface: "org.freedesktop.Application" };
/// How long the question who is first may hold up the start.
const CLAIM: Duration = Duration::from_millis(2500);
/// Links that one call may bring, and the length of one in bytes.
const MAX_LINKS: usize = 16;
const MAX_LINK_BYTES: usize = 8192;

/// Who we are among the Treffs of this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instance {
    /// The first: later starts hand their links to us.
    First,
    /// Another Treff runs and has our links. There is nothing left to do.
    HandedOver,
    /// Nobody can say. Go on; a second start will open a second window.
    Alone(Failure),
}

/// Takes the name, or hands the links to whoever has it.
pub(crate) async fn claim(bus: &Bus, options: &Options, outbox: &Outbox) -> Instance {
    match within(CLAIM, take_or_hand_over(bus, options, outbox)).await {
        Ok(instance) => instance,
        Err(failure) => {
            tracing::debug!(%failure, "The name on the bus was not to be had.");
            Instance::Alone(failure)
        }
    }
}

async fn take_or_hand_over(bus: &Bus, options: &Options, outbox: &Outbox) -> Result<Instance, Failure> {
    let connection = bus.connection();
    // Served before the name is ours: a call that comes with the name must not be lost.
    connection.object_server().at(APP_PATH, Application { outbox: outbox.clone() }).await?;
    match connection.request_name_with_flags(APP_ID, RequestNameFlags::DoNotQueue.into()).await {
        Ok(_) => Ok(Instance::First),
        Err(zbus::Error::NameTaken) => {
            hand_over(bus, options).await?;
            Ok(Instance::HandedOver)
        }
        Err(error) => Err(error.into()),
    }
}

async fn hand_over(bus: &Bus, options: &Options) -> Result<(), Failure> {
    let mut platform_data = Details::new();
    if let Some(token) = &options.activation_token {
        platform_data.insert("activation-token", token.as_str().into());
        platform_data.insert("desktop-startup-id", token.as_str().into());
    }
    if options.links.is_empty() {
        bus.call(APPLICATION, "Activate", &(platform_data,)).await?;
    } else {
        bus.call(APPLICATION, "Open", &(&options.links, platform_data)).await?;
    }
    Ok(())
}

/// What other programs may ask of the running Treff.
struct Application {
    outbox: Outbox,
}

#[interface(name = "org.freedesktop.Application")]
impl Application {
    fn activate(&self, platform_data: OwnedDetails) {
        self.outbox.tell(Event::Activated { token: activation_token(&platform_data) });
    }

    fn open(&self, uris: Vec<String>, platform_data: OwnedDetails) {
        let token = activation_token(&platform_data);
        let links: Vec<String> = uris
            .into_iter()
            .filter(|link| fit(link))
            .take(MAX_LINKS)
            .map(|link| link.trim().to_owned())
            .collect();
        let event =
            if links.is_empty() { Event::Activated { token } } else { Event::LinksOpened { links, token } };
        self.outbox.tell(event);
    }

    fn activate_action(
        &self,
        action_name: String,
        parameter: Vec<OwnedValue>,
        platform_data: OwnedDetails,
    ) -> fdo::Result<()> {
        drop((action_name, parameter, platform_data));
        Err(fdo::Error::NotSupported("Treff has no actions.".to_owned()))
    }
}

fn fit(link: &str) -> bool {
    !link.trim().is_empty() && link.len() <= MAX_LINK_BYTES
}
