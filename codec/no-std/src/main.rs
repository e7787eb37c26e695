//! Decodes and encodes without the standard library.
#![no_std]
#![no_main]

extern crate alloc;

use core::panic::PanicInfo;

use alloc::vec::Vec;
use dsboot_codec::{dhcp, eap, ip, mip4, mip6, pana, radius, tree};
use embedded_alloc::LlffHeap;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

/// What a program of this kind would do with a datagram: every protocol once.
pub fn answer(datagram: &[u8]) -> Option<Vec<u8>> {
    let packet = ip::Packet::decode(datagram).ok()?;
    let _ = mip6::Packet::decode(datagram).ok()?;
    let _ = radius::Packet::decode(datagram).ok()?;
    let _ = pana::Message::decode(datagram).ok()?;
    let _ = eap::Packet::decode(datagram).ok()?;
    let _ = dhcp::AddressOption::decode(datagram).ok()?;
    let _ = tree::Tree::decode(tree::Protocol::Mip4, datagram, &tree::Options::default());
    let _ = packet.source();
    Some(mip4::Message::decode(datagram).ok()?.encode())
}
