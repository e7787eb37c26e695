//! The base model in Promela, for spin: a witness of the counts from outside.

/// How many networks may stand side by side.
pub const NETWORKS: u8 = 8;

/// The base model of `integrated-colocated` in Promela: one entitled mobile node, the network
/// `lossy`, no events. So many such networks stand side by side, each knowing nothing of the others:
/// spin finds as many states as there are in the model, to the power of that number.
///
/// The text is written by hand, from the specification as the model is, and knows nothing of it.
#[must_use]
pub fn promela(networks: u8) -> String {
    let base = include_str!("base.pml");
    base.replacen("#define NETWORKS 1\n", &format!("#define NETWORKS {networks}\n"), 1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn networks_are_set() {
        assert!(super::promela(3).contains("\n#define NETWORKS 3\n"));
        assert!(!super::promela(3).contains("NETWORKS 1"));
    }
}
