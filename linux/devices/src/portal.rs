//! What xdg-desktop-portal asks a person: may this app see the camera, and which screen or window is shown. Each question
//! has a thread of its own for as long as the person thinks, and a shared screen for as long as it is shared.

use std::os::fd::OwnedFd;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ashpd::desktop::camera::Camera;
use ashpd::desktop::screencast::{CursorMode, Screencast, SelectSourcesOptions, SourceType};
use ashpd::desktop::{PersistMode, ResponseError, Session};
use ashpd::{Error, PortalError};
use futures_lite::{StreamExt, future};
use treff_media::device::DeviceError;

/// Whether only portals lead out of here.
pub(crate) fn sandboxed() -> bool {
    ashpd::is_sandboxed()
}

/// What a refusal of a portal means to a person.
fn device_error(error: &Error) -> DeviceError {
    match error {
        Error::Response(ResponseError::Cancelled | ResponseError::Other) => DeviceError::Refused,
        Error::Portal(PortalError::NotAllowed(_) | PortalError::Cancelled(_)) => DeviceError::Refused,
        Error::Portal(PortalError::NotFound(_) | PortalError::Exist(_)) | Error::PortalNotFound(_) => {
            DeviceError::Missing
        }
        Error::Zbus(error) | Error::Portal(PortalError::ZBus(error)) => bus_error(error),
        error => DeviceError::Failed(error.to_string()),
    }
}

/// Nobody on the bus answers to the portal's name, or there is no bus.
fn bus_error(error: &ashpd::zbus::Error) -> DeviceError {
    use ashpd::zbus::{Error as Bus, fdo::Error as Standard};
    match error {
        Bus::Address(_) | Bus::InputOutput(_) => DeviceError::Missing,
        Bus::MethodError(name, ..) if name.ends_with("ServiceUnknown") || name.ends_with("UnknownMethod") => {
            DeviceError::Missing
        }
        Bus::FDO(error)
            if matches!(
                **error,
                Standard::ServiceUnknown(_) | Standard::NameHasNoOwner(_) | Standard::UnknownMethod(_)
            ) =>
        {
            DeviceError::Missing
        }
        error => DeviceError::Failed(error.to_string()),
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), DeviceError> {
    let spawned = thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| DeviceError::Failed(error.to_string()))
}

/// Asks for the cameras. `answer` gets a connection to PipeWire that shows them, or why not.
///
/// # Errors
/// When the system has no thread to give.
pub(crate) fn ask_for_camera(
    answer: impl FnOnce(Result<OwnedFd, DeviceError>) + Send + 'static,
) -> Result<(), DeviceError> {
    spawn("treff-portal", move || {
        answer(future::block_on(camera()).map_err(|error| device_error(&error)));
    })
}

async fn camera() -> Result<OwnedFd, Error> {
    let camera = Camera::new().await?;
    camera.request_access(Default::default()).await?.response()?;
    camera.open_pipe_wire_remote(Default::default()).await
}

/// A screen or window that a person picked.
#[derive(Debug)]
pub(crate) struct PickedScreen {
    /// A connection to PipeWire that shows it.
    pub(crate) remote: OwnedFd,
    /// Its node there.
    pub(crate) node: u32,
}

/// Ends sharing when dropped: the desktop's mark that something is shared goes out.
#[derive(Debug)]
pub(crate) struct SharingHold(Arc<AtomicBool>);

impl Drop for SharingHold {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How often the thread of a shared screen looks whether it is still wanted.
const LOOK: Duration = Duration::from_millis(250);

/// Lets the person pick a screen or window. `picked` gets it, or why not; `closed` is called if the desktop ends it.
///
/// # Errors
/// When the system has no thread to give.
pub(crate) fn ask_for_screen(
    picked: impl FnOnce(Result<PickedScreen, DeviceError>) + Send + 'static,
    closed: impl FnOnce() + Send + 'static,
) -> Result<SharingHold, DeviceError> {
    let dropped = Arc::new(AtomicBool::new(false));
    let unwanted = Arc::clone(&dropped);
    spawn("treff-portal", move || future::block_on(share(picked, closed, &unwanted)))?;
    Ok(SharingHold(dropped))
}

async fn share(
    picked: impl FnOnce(Result<PickedScreen, DeviceError>),
    closed: impl FnOnce(),
    unwanted: &AtomicBool,
) {
    let session = match future::or(async { Some(pick().await) }, until(unwanted)).await {
        Some(Ok((screen, session))) => {
            picked(Ok(screen));
            session
        }
        Some(Err(error)) => return picked(Err(device_error(&error))),
        // The session closes with the connection of its proxy.
        None => return,
    };
    let ended = async {
        match session.receive_closed().await {
            Ok(closings) => pin!(closings).next().await.map(drop),
            Err(_) => future::pending().await,
        }
    };
    match future::or(ended, until(unwanted)).await {
        Some(()) => closed(),
        None => {
            let _ = session.close().await;
        }
    }
}

/// Comes back with nothing when the hold is dropped.
async fn until<T>(unwanted: &AtomicBool) -> Option<T> {
    while !unwanted.load(Ordering::Relaxed) {
        async_io::Timer::after(LOOK).await;
    }
    None
}

async fn pick() -> Result<(PickedScreen, Session<Screencast>), Error> {
    let portal = Screencast::new().await?;
    let session = portal.create_session(Default::default()).await?;
    let options = SelectSourcesOptions::default()
        .set_cursor_mode(CursorMode::Embedded)
        .set_sources(SourceType::Monitor | SourceType::Window)
        .set_multiple(false)
        .set_persist_mode(PersistMode::DoNot);
    portal.select_sources(&session, options).await?.response()?;
    let streams = portal.start(&session, None, Default::default()).await?.response()?;
    let stream = streams.streams().first().ok_or(Error::NoResponse)?;
    let node = stream.pipe_wire_node_id();
    let remote = portal.open_pipe_wire_remote(&session, Default::default()).await?;
    Ok((PickedScreen { remote, node }, session))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_of_the_person_is_a_refusal() {
        assert_eq!(device_error(&Error::Response(ResponseError::Cancelled)), DeviceError::Refused);
        let not_allowed = Error::Portal(PortalError::NotAllowed("no".to_owned()));
        assert_eq!(device_error(&not_allowed), DeviceError::Refused);
    }

    #[test]
    fn without_a_portal_it_is_missing() {
        let nobody = Error::Zbus(ashpd::zbus::Error::Address("no bus".to_owned()));
        assert_eq!(device_error(&nobody), DeviceError::Missing);
        let unknown = ashpd::zbus::fdo::Error::ServiceUnknown("no portal".to_owned());
        let nobody = Error::Portal(PortalError::ZBus(ashpd::zbus::Error::FDO(Box::new(unknown))));
        assert_eq!(device_error(&nobody), DeviceError::Missing);
        assert!(matches!(device_error(&Error::NoResponse), DeviceError::Failed(_)));
    }
}
