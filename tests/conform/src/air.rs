//! The tester's mobile nodes where they speak IPv6: a TUN device that all cases share. The host
//! routes between it and the target. A packet goes to the case that has its destination.

use std::collections::BTreeMap;
use std::fmt;
use std::net::Ipv6Addr;
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use dsboot_codec::ip::v6;
use dsboot_codec::tree::Protocol;
use tun_rs::{DeviceBuilder, InterruptEvent, SyncDevice};

use super::case::Ending;
use super::stage::Stage;

/// The longest IPv6 packet that a device takes.
const LONGEST: usize = 65_535;

type Ears = Mutex<BTreeMap<Ipv6Addr, Sender<Vec<u8>>>>;

/// The device.
pub(super) struct Air {
    device: Arc<SyncDevice>,
    prefix: Ipv6Addr,
    ears: Arc<Ears>,
    ends: Arc<InterruptEvent>,
    reader: Option<JoinHandle<()>>,
}

/// A case's side of the device: what comes for some addresses.
#[derive(Debug)]
pub(super) struct Ear {
    addresses: Vec<Ipv6Addr>,
    sender: Sender<Vec<u8>>,
    came: Receiver<Vec<u8>>,
    ears: Arc<Ears>,
}

impl Air {
    /// Makes the device, and has the host route the prefix of 64 bits into it.
    ///
    /// # Errors
    ///
    /// Why not, and what it takes.
    pub(super) fn open(name: &str, prefix: Ipv6Addr) -> Result<Air, String> {
        let told = |error: std::io::Error| {
            format!(
                "cannot make the TUN device {name}: {error}; it takes /dev/net/tun and \
                 CAP_NET_ADMIN, in a network namespace of one's own (`unshare -rn`) too"
            )
        };
        let device = DeviceBuilder::new().name(name).mtu(1500).build_sync().map_err(told)?;
        route(&["-6", "route", "replace", &format!("{prefix}/64"), "dev", name])?;
        let (device, ears) = (Arc::new(device), Arc::new(Ears::default()));
        let ends = Arc::new(InterruptEvent::new().map_err(told)?);
        let reader = {
            let (device, ears, ends) = (Arc::clone(&device), Arc::clone(&ears), Arc::clone(&ends));
            std::thread::spawn(move || {
                let mut octets = vec![0; LONGEST];
                while let Ok(length) = device.recv_intr(&mut octets, &ends) {
                    let packet = octets.get(..length).unwrap_or_default();
                    let Ok(header) = v6::Packet::decode(packet) else { continue };
                    if let Some(ear) = lock(&ears).get(&header.destination) {
                        // A case that has ended wants nothing more.
                        let _ = ear.send(packet.to_vec());
                    }
                }
            })
        };
        Ok(Air { device, prefix, ears, ends, reader: Some(reader) })
    }

    /// An address in the device's prefix, another one for each case and place.
    pub(super) fn address(&self, number: u32, place: u8) -> Ipv6Addr {
        let host = (u128::from(number) << 8) | u128::from(place) | (1 << 48);
        Ipv6Addr::from_bits(self.prefix.to_bits() | host)
    }

    /// An ear for nothing yet.
    pub(super) fn ear(&self) -> Ear {
        let (sender, came) = channel();
        Ear { addresses: Vec::new(), sender, came, ears: Arc::clone(&self.ears) }
    }

    /// Sends a packet.
    pub(super) fn send(&self, packet: &[u8]) -> Result<(), Ending> {
        self.device
            .send(packet)
            .map(|_| ())
            .map_err(|error| Ending::Inconclusive(format!("cannot send a packet: {error}")))
    }
}

impl Ear {
    /// Hears from now on what comes for this address too.
    pub(super) fn hear(&mut self, address: Ipv6Addr) {
        lock(&self.ears).insert(address, self.sender.clone());
        self.addresses.push(address);
    }

    /// The next packet, within `patience`.
    pub(super) fn receive(
        &self,
        stage: &mut Stage<'_>,
        name: &str,
        patience: Duration,
    ) -> Option<Vec<u8>> {
        let packet = self.came.recv_timeout(patience).ok()?;
        let packet = stage.arrives(Protocol::Ipv6, &packet)?;
        stage.log(stage.target(), name, None, None, Protocol::Ipv6, &packet);
        Some(packet)
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        let mut ears = lock(&self.ears);
        for address in &self.addresses {
            ears.remove(address);
        }
    }
}

impl Drop for Air {
    fn drop(&mut self) {
        let _ = self.ends.trigger();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

impl fmt::Debug for Air {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Air").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// Has the host route.
fn route(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip")
        .args(arguments)
        .output()
        .map_err(|error| format!("cannot run `ip` of Debian's iproute2: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    let words = arguments.join(" ");
    if output.status.success() { Ok(()) } else { Err(format!("`ip {words}`: {}", said.trim())) }
}

fn lock(ears: &Ears) -> MutexGuard<'_, BTreeMap<Ipv6Addr, Sender<Vec<u8>>>> {
    ears.lock().unwrap_or_else(PoisonError::into_inner)
}
