//! What the `arbitrary` feature needs besides derives.

use arbitrary::{Error, Result, Unstructured};

/// Lengths that fixed forms have.
const LENGTHS: [usize; 16] = [0, 1, 2, 4, 5, 6, 7, 8, 10, 16, 17, 18, 20, 22, 24, 36];

/// Octets, often of a length that some form has.
pub(crate) fn value<'a>(u: &mut Unstructured<'a>) -> Result<&'a [u8]> {
    if u.arbitrary()? {
        return u.arbitrary();
    }
    let length = *u.choose(&LENGTHS)?;
    u.bytes(length)
}

/// A reference to `N` octets.
pub(crate) fn array<'a, const N: usize>(u: &mut Unstructured<'a>) -> Result<&'a [u8; N]> {
    u.bytes(N)?.try_into().map_err(|_| Error::NotEnoughData)
}
