//! What the host of a mobile node does for it: addresses, routes, and the links that it moves
//! between.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;

use dsboot_roles::AddressChange;
use dsboot_roles::mn::{AgentPolicy, Mn};
use dsboot_spec::registry::pana;
use tokio::sync::mpsc::Sender;
use tracing::info;

use super::build::{Mobile, MobileLink};
use super::host::ip;
use super::link::Link;
use super::part::Event;
use super::sockets::Sockets;

/// The host of a mobile node.
#[derive(Debug)]
pub(super) struct Host {
    mobile: Mobile,
    /// The device that each IPv4 address is on.
    placed: BTreeMap<IpAddr, String>,
}

impl Host {
    pub(super) const fn new(mobile: Mobile) -> Host {
        Host { mobile, placed: BTreeMap::new() }
    }

    /// The link that it is on.
    pub(super) fn link(&self) -> Option<&MobileLink> {
        self.mobile.links.get(self.mobile.at)
    }

    /// Goes over to the next link.
    pub(super) fn go_on(&mut self) {
        self.mobile.at = (self.mobile.at + 1) % self.mobile.links.len().max(1);
    }

    /// Opens the link that it is on, if foreign agents are looked for there.
    pub(super) fn open(&self, events: &Sender<Event>) -> io::Result<Option<Link>> {
        let link = self.link().filter(|link| link.attachment.agents != AgentPolicy::None);
        link.map(|link| Link::open(&link.interface, events.clone())).transpose()
    }

    /// Takes an address on or gives it up.
    pub(super) async fn own(
        &mut self,
        change: AddressChange,
        mn: &Mn,
        sockets: &mut Sockets,
    ) -> io::Result<()> {
        match change {
            AddressChange::Add(address) => self.add(address, mn, sockets).await,
            AddressChange::Remove(address) => self.remove(address, sockets).await,
        }
    }

    async fn add(&mut self, address: IpAddr, mn: &Mn, sockets: &mut Sockets) -> io::Result<()> {
        let held = mn.held();
        let Some(link) = self.link() else { return Ok(()) };
        match address {
            // It stands in tunnelled packets alone.
            IpAddr::V4(v4) if held.is_some_and(|held| held.thoav4 == v4) => Ok(()),
            IpAddr::V4(v4) => {
                info!(%address, device = link.interface, "address taken on");
                let MobileLink { interface, prefix_length, gateway, .. } = link.clone();
                ip(&format!("addr replace {v4}/{prefix_length} dev {interface}")).await?;
                ip(&format!("route replace default via {gateway} dev {interface}")).await?;
                self.placed.insert(address, interface);
                sockets.bind((v4, pana::PORT).into()).await?;
                sockets.bind((v4, self.mobile.port).into()).await
            }
            // So does the care-of address.
            IpAddr::V6(v6)
                if held.and_then(|held| held.home_address).map(|home| home.address())
                    != Some(v6) =>
            {
                Ok(())
            }
            IpAddr::V6(v6) => {
                let tun = &self.mobile.tun;
                info!(%address, device = tun, "address taken on");
                ip(&format!("-6 addr replace {v6}/128 dev {tun} nodad")).await?;
                ip(&format!("-6 route replace default dev {tun} src {v6}")).await?;
                self.placed.insert(address, self.mobile.tun.clone());
                Ok(())
            }
        }
    }

    async fn remove(&mut self, address: IpAddr, sockets: &mut Sockets) -> io::Result<()> {
        let Some(device) = self.placed.remove(&address) else { return Ok(()) };
        info!(%address, device, "address given up");
        sockets.close(address);
        let (version, length) =
            if address.is_ipv4() { ("-4", self.prefix_length_of(&device)) } else { ("-6", 128) };
        ip(&format!("{version} addr del {address}/{length} dev {device}")).await
    }

    fn prefix_length_of(&self, device: &str) -> u8 {
        let link = self.mobile.links.iter().find(|link| link.interface == device);
        link.map_or(32, |link| link.prefix_length)
    }
}
