//! Debian's Prosody in the place of the lab's own server: a child process that lives exactly as long as the lab.
//!
//! The focus and the synthetic people stand behind it as external components; clients reach its WebSocket through the
//! lab's HTTPS. In: nothing but ports that are free. Out: an HTTP address, and streams for the lab's components.

mod component;
mod config;
mod process;
mod uplink;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;

use self::config::{Settings, components};
use self::process::Failure;
pub(crate) use self::process::Process;
use self::uplink::Connection;
pub(crate) use self::uplink::Uplinks;
use crate::hub::Hub;
use crate::lab::LabError;
use crate::options::{LabOptions, TokenPolicy};
use crate::random::Random;

/// How often other ports are tried when somebody else was faster.
const ATTEMPTS: usize = 5;

/// A Prosody that is up, with our components accepted.
pub(crate) struct Prosody {
    /// Dropping it ends the process.
    pub(crate) process: Process,
    /// Where it speaks HTTP.
    pub(crate) http: SocketAddr,
    connections: Vec<Connection>,
}

impl Prosody {
    /// Starts the server. The process ends with the calling thread at the latest.
    pub(crate) async fn start(options: &LabOptions, random: &mut Random) -> Result<Self, LabError> {
        if let Some(wish) = beyond(options) {
            return Err(LabError::Setup(format!("a bare Prosody has no {wish}")));
        }
        let mut attempt = 1;
        loop {
            match Self::try_start(options.hibernation, random).await {
                Err(Failure::PortTaken) if attempt < ATTEMPTS => attempt += 1,
                Err(failure) => return Err(failure.into()),
                Ok(prosody) => return Ok(prosody),
            }
        }
    }

    async fn try_start(hibernation: Duration, random: &mut Random) -> Result<Self, Failure> {
        let (http_port, component_port) = free_ports()?;
        let secret = random.hex(32);
        let mut process = Process::spawn(|folder| {
            Settings { folder, http_port, component_port, secret: &secret, hibernation }.render()
        })?;
        process.ready(&[http_port, component_port]).await?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, component_port));
        let mut connections = Vec::new();
        for domain in components() {
            connections.push(uplink::connect(address, &domain, &secret).await.map_err(Failure::Refused)?);
        }
        let http = SocketAddr::from((Ipv4Addr::LOCALHOST, http_port));
        Ok(Self { process, http, connections })
    }

    /// Lets stanzas flow, on tasks of the calling runtime. The process is left for the lab to hold.
    pub(crate) fn run(self, hub: &Hub) -> (Process, Uplinks) {
        (self.process, uplink::run(self.connections, hub))
    }
}

/// What was asked for and needs Jitsi's own modules.
fn beyond(options: &LabOptions) -> Option<&'static str> {
    let wishes = [
        (options.lobby, "lobby"),
        (options.tokens != TokenPolicy::Open, "tokens"),
        (options.max_occupants.is_some(), "limit of occupants"),
        (options.strict_nicknames, "rule for nicknames"),
        (options.display_name_required, "demand for display names"),
    ];
    wishes.into_iter().find(|(wished, _)| *wished).map(|(_, wish)| wish)
}

/// Two ports that nobody listens on at this moment. Prosody cannot tell which ports it got, so it must be told.
fn free_ports() -> Result<(u16, u16), Failure> {
    let port = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|l| Ok((l.local_addr()?.port(), l)));
    // Both are held until both are known, or they might be the same.
    let (first, second) = (port()?, port()?);
    Ok((first.0, second.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_somebody_else_took_is_noticed() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let http_port = taken.local_addr().unwrap().port();
        let (component_port, _) = free_ports().unwrap();
        let process = Process::spawn(|folder| {
            let hibernation = Duration::ZERO;
            Settings { folder, http_port, component_port, secret: "secret", hibernation }.render()
        });
        let mut process = process.unwrap_or_else(|failure| panic!("{failure}"));
        let outcome = process.ready(&[http_port, component_port]).await;
        assert!(matches!(outcome, Err(Failure::PortTaken)), "{outcome:?}");
    }
}
