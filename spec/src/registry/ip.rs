//! Code points of ip (filled in by its codec module).
