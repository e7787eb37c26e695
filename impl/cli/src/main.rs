//! dsboot command.
fn main() {}
