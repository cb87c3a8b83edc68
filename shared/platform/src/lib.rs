//! Everything of Guichet that touches the world.

pub mod app;
pub mod bulk;
pub mod clients;
pub mod config;
pub mod desk;
pub mod items;
pub mod keys;
pub mod limits;
mod meter;
pub mod page;
pub mod passwords;
pub mod problem;
pub mod reply;
pub mod request;
pub mod run;
pub mod seal;
pub mod secrets;
pub mod store;
pub mod tokens;
