//! Code points of eap (filled in by its codec module).
