//! Code points of mip6 (filled in by its codec module).
