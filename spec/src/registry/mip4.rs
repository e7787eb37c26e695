//! Code points of mip4 (filled in by its codec module).
