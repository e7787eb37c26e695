//! Code points of pana (filled in by its codec module).
