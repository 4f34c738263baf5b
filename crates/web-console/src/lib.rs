//! The console in the browser: a page for the candidate, a page for the interviewer, terminals and the
//! live timeline of sessions, several behind one port. It decides nothing: it goes through the orchestrator's doors, which
//! record what they are used for, and shows what is in the record.
//!
//! # Layout
//! - [`serve`], [`tls`]: the port; [`host`], [`address`]: the consoles behind it
//! - [`operator`]: whoever started several sessions
//! - [`console`]: one session as its pages see it; [`player`]: the candidate
//! - `guard`, `keys`, `tickets`, `who`: who may ask what, from where
//! - [`api`], `routes`: what can be asked, one noun a file; [`contract`], [`problem`], [`words`]: shapes
//! - `sockets`, `live`, `mirror`, `screens`: the live timeline and the terminals
//! - `record`, `chronicle`, `looked`, `tail`: what has happened, what was in view, logs that are followed
//! - `grafana`: a real one, passed through
//! - `page`: the page itself, embedded from `web/dist`

pub mod address;
pub mod api;
mod chronicle;
mod clock;
pub mod console;
pub mod contract;
mod extract;
mod grafana;
mod guard;
pub mod host;
mod keys;
mod live;
mod looked;
mod mirror;
mod once;
pub mod operator;
mod page;
pub mod player;
pub mod problem;
mod record;
mod routes;
mod screens;
pub mod serve;
mod sockets;
mod tail;
mod tickets;
pub mod tls;
mod who;
pub mod words;

#[cfg(test)]
mod fixture;
