//! The whole of Guichet on one machine: what `cargo portal` runs and the tests stand on.

pub mod aws;
pub mod demo;
pub mod gateway;
mod in_process;
pub mod outcome;
pub mod policy;
pub mod portal;
pub mod stack;
pub mod template;
mod view;
pub mod wire;
