//! dsboot command library.
