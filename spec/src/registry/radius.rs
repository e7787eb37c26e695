//! Code points of radius (filled in by its codec module).
