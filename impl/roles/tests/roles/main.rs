//! The roles, each on a bench of its own.
#![cfg(test)]

mod aaa;
mod cn;
mod fa;
mod fha;
mod ha;
mod mn;
mod nas;
mod radius;
mod support;
