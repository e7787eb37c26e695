use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use dsboot_spec::registry::{mip4, pana, radius};

use crate::Error;

/// How the ports of the protocols are mapped to those of this machine's sockets.
///
/// Roles see the protocols' own ports always; sockets and captures show these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    offset: u16,
}

/// The protocols' ports with the name by which Wireshark's `-d` knows each protocol.
const WELL_KNOWN: [(u16, &str); 3] =
    [(mip4::PORT, "mip"), (pana::PORT, "pana"), (radius::PORT, "radius")];

impl Ports {
    /// The protocols' own ports.
    pub const REAL: Ports = Ports { offset: 0 };

    /// What is added to the protocols' ports where they may not be bound themselves.
    //= wire.11.2
    pub const FALLBACK_OFFSET: u16 = 20_000;

    /// The protocols' ports, moved up by `offset`; `None` if one would pass 65535.
    #[must_use]
    pub fn with_offset(offset: u16) -> Option<Ports> {
        WELL_KNOWN
            .iter()
            .all(|(port, _)| port.checked_add(offset).is_some())
            .then_some(Ports { offset })
    }

    /// The real ports if all of them may be bound at `address`, otherwise those at
    /// [`Ports::FALLBACK_OFFSET`].
    ///
    /// # Errors
    ///
    /// When neither may.
    pub fn probe(address: Ipv4Addr) -> Result<Ports, Error> {
        match Ports::REAL.try_all(address) {
            Ok(()) => Ok(Ports::REAL),
            Err((_, source))
                if matches!(
                    source.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::AddrInUse
                ) =>
            {
                let fallback = Ports { offset: Ports::FALLBACK_OFFSET };
                fallback
                    .try_all(address)
                    .map(|()| fallback)
                    .map_err(|(address, source)| Error::Bind { address, source })
            }
            Err((address, source)) => Err(Error::Bind { address, source }),
        }
    }

    /// What is added to the protocols' ports.
    #[must_use]
    pub const fn offset(self) -> u16 {
        self.offset
    }

    /// The port of a socket for a port as the roles see it.
    #[must_use]
    pub fn on_wire(self, port: u16) -> u16 {
        if is_well_known(port) { port.saturating_add(self.offset) } else { port }
    }

    /// The port as the roles see it, of a socket.
    #[must_use]
    pub fn of_wire(self, port: u16) -> u16 {
        match port.checked_sub(self.offset) {
            Some(original) if is_well_known(original) => original,
            _ => port,
        }
    }

    /// The options that make tshark dissect these ports.
    #[must_use]
    pub fn tshark_options(self) -> Vec<String> {
        // PANA has no port in Wireshark's tables, only a heuristic; so it is named in any case.
        WELL_KNOWN
            .iter()
            .filter(|(port, _)| self.offset != 0 || *port == pana::PORT)
            .map(|(port, protocol)| format!("-d udp.port=={},{protocol}", self.on_wire(*port)))
            .collect()
    }

    fn try_all(self, address: Ipv4Addr) -> Result<(), (SocketAddrV4, io::Error)> {
        for (port, _) in WELL_KNOWN {
            let at = SocketAddrV4::new(address, self.on_wire(port));
            UdpSocket::bind(at).map_err(|source| (at, source))?;
        }
        Ok(())
    }
}

fn is_well_known(port: u16) -> bool {
    WELL_KNOWN.iter().any(|(known, _)| *known == port)
}

#[cfg(test)]
mod tests {
    use super::*;

    //= wire.11.2
    #[test]
    fn offset_moves_only_the_protocols_ports() {
        let ports = Ports::with_offset(20_000).unwrap();
        assert_eq!(ports.on_wire(434), 20_434);
        assert_eq!(ports.of_wire(20_434), 434);
        assert_eq!(ports.on_wire(49_152), 49_152);
        assert_eq!(ports.of_wire(49_152), 49_152);
        assert_eq!(ports.of_wire(434), 434);
        assert_eq!(Ports::with_offset(65_000), None);
    }

    #[test]
    fn tshark_is_told_what_it_cannot_know() {
        let options = Ports::with_offset(20_000).unwrap().tshark_options();
        assert_eq!(
            options,
            ["-d udp.port==20434,mip", "-d udp.port==20716,pana", "-d udp.port==21812,radius"]
        );
        assert_eq!(Ports::REAL.tshark_options(), ["-d udp.port==716,pana"]);
    }

    //= wire.11.2
    #[test]
    fn a_taken_port_moves_all() {
        let at = Ipv4Addr::new(127, 199, 1, 1);
        let _taken = UdpSocket::bind((at, radius::PORT)).unwrap();
        let ports = Ports::probe(at).unwrap();
        let moved = [pana::PORT, mip4::PORT, radius::PORT].map(|port| ports.on_wire(port));
        assert_eq!(moved, [20_716, 20_434, 21_812]);
    }
}
