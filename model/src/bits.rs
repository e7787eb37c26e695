//! Values side by side in 32 bits, from the top.

/// Puts values into 32 bits.
#[derive(Default)]
pub(crate) struct Writer {
    bits: u32,
    used: u32,
}

impl Writer {
    /// The lowest `width` bits of `value`.
    pub(crate) fn put(&mut self, value: u32, width: u32) -> &mut Writer {
        debug_assert!(value < 1 << width && self.used + width <= u32::BITS);
        self.used += width;
        self.bits |= value << (u32::BITS - self.used);
        self
    }

    /// All of them.
    pub(crate) const fn finish(&self) -> u32 {
        self.bits
    }

    /// All of them, and how many bits are used.
    pub(crate) const fn end(&self) -> (u32, u32) {
        (self.bits, self.used)
    }
}

/// Takes values out of 32 bits.
pub(crate) struct Reader {
    bits: u32,
}

impl Reader {
    /// From the top.
    pub(crate) const fn new(bits: u32) -> Reader {
        Reader { bits }
    }

    /// The next `width` bits.
    pub(crate) const fn take(&mut self, width: u32) -> u32 {
        let value = self.bits >> (u32::BITS - width);
        self.bits <<= width;
        value
    }

    /// The next `width` bits, 8 at the most.
    pub(crate) const fn octet(&mut self, width: u32) -> u8 {
        self.take(width).to_le_bytes()[0]
    }
}
