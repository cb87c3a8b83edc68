//! The rules of Guichet: types, transitions and permissions.
//!
//! Pure: no I/O, no clock, no randomness, no AWS. `now`, fresh identifiers and fresh tokens are
//! arguments, so that every rule is tested in microseconds and proved over every interleaving.

pub mod account;
pub mod advisor_request;
pub mod changes;
pub mod dossier;
pub mod ids;
pub mod import;
pub mod instant;
pub mod invitation;
pub mod journal;
pub mod level;
pub mod mail;
pub mod moderation;
pub mod permissions;
pub mod person;
pub mod portal;
pub mod seal;
pub mod signing;
pub mod territory;
pub mod text;
