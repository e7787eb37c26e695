//! Addresses to listen at, and what comes behind a `?`.

use std::net::{Ipv4Addr, SocketAddr};

/// An address with its port; a port alone is one of this machine.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    let port = text.trim_start_matches(':').parse().ok();
    let here = port.map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    here.or_else(|| text.parse().ok()).ok_or_else(|| "127.0.0.1:3000, or a port".to_owned())
}

/// Whether a page may be asked for under this name. A page of somebody else's whose name is made
/// to lead here is not answered.
pub(super) fn is_ours(host: Option<&str>, listen: SocketAddr) -> bool {
    if !listen.ip().is_loopback() {
        return true;
    }
    let Some(host) = host else { return true };
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.chars().all(|c| c.is_ascii_digit()) { name } else { host }
    });
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// The value of a name behind the `?`.
pub(super) fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| decoded(value))
}

/// Octets in place of `%xx`, spaces in place of `+`.
fn decoded(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let hex = others.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let octet = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = others;
        match (first, octet) {
            (b'%', Some(octet)) => {
                octets.push(octet);
                rest = others.get(2..).unwrap_or_default();
            }
            (b'+', _) => octets.push(b' '),
            _ => octets.push(*first),
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}
