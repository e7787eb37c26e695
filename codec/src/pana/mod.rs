//! pana
