//! mip6
