//! This machine's addresses, and the kernel's word that they changed (rtnetlink(7)).

use std::net::IpAddr;
use std::os::fd::OwnedFd;

use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
use treff_app::{AddressWatch, NetworkAddresses};

/// `RTMGRP_IPV4_IFADDR` and `RTMGRP_IPV6_IFADDR` of `linux/rtnetlink.h`.
const ADDRESS_GROUPS: u32 = 0x10 | 0x100;

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

    fn watch(&mut self, changed: AddressWatch) {
        let watching = address_news().map_err(Into::into).and_then(|socket| {
            std::thread::Builder::new().name("addresses".into()).spawn(move || listen(&socket, &changed))
        });
        if let Err(error) = watching {
            tracing::warn!("Changes of the network will be noticed late: {error}.");
        }
    }
}

/// A socket on which the kernel tells of addresses that come and go.
fn address_news() -> rustix::io::Result<OwnedFd> {
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, ADDRESS_GROUPS))?;
    Ok(socket)
}

/// As long as the process lives: the thread sleeps in the kernel until an address changes.
fn listen(socket: &OwnedFd, changed: &AddressWatch) {
    let mut message = [0_u8; 4096];
    loop {
        match recv(socket, &mut message, RecvFlags::empty()) {
            // What it says is looked up anew; messages that did not fit are news too.
            Ok(_) | Err(Errno::NOBUFS) => changed(),
            Err(Errno::INTR) => {}
            Err(error) => return tracing::warn!("The kernel tells of addresses no more: {error}."),
        }
    }
}
