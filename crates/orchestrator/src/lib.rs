//! One session from provision to report: the only state machine of Checkride.
//!
//! It starts a lab's system, holds its steady state, injects one cause, waits for the page, lets a
//! player (a person or a persona) look and act through the doors, tells relief from mitigation, and
//! ends in order whatever happens. It knows no Docker (that is `testbed`), prints nothing (that is
//! `checkride`), and nothing in it is about payments (that is `labs/`).
//!
//! # Layout
//! - [`run`]: the phases, the only state machine
//! - [`home`], [`recorder`], [`journal`]: where sessions are kept, and how events get there
//! - [`guard`], [`lost`]: what happens when the orchestrator is killed
//! - [`stage`], [`health`], [`steady`], [`prometheus`], [`logs`]: the running system and how it is
//! - [`asked`]: what the database and Prometheus wrote down that they were asked
//! - [`control`]: deployments and the edge, with before and after
//! - [`doors`]: `deployctl`, `edgectl`, `oncall`, at a `pace`
//! - [`docker`]: the Docker API, as far as the gate lets it through
//! - [`injects`]: what an interviewer may let happen meanwhile
//! - [`terminal`], `workstation`: terminals, command lines and calls
//! - [`player`], [`persona`], [`rehearsal`]: who sits at the terminal
//! - [`grafana`]: a real one beside the system
//! - [`kept`]: what the panels showed, for the replay
//! - [`report`], [`summary`]: from a session's folder to its report, or to one line

pub mod asked;
pub mod control;
pub mod docker;
pub mod doors;
mod excerpt;
mod frames;
pub mod grafana;
pub mod guard;
pub mod health;
pub mod home;
pub mod injects;
pub mod journal;
pub mod kept;
pub mod logs;
pub mod lost;
mod pace;
pub mod persona;
pub mod player;
pub mod prometheus;
pub mod reasons;
pub mod recorder;
pub mod rehearsal;
pub mod report;
pub mod run;
pub mod stage;
pub mod steady;
pub mod summary;
pub mod terminal;
mod workstation;

/// What every public asynchronous function without a type parameter bears: it gives a boxed future. Without, the
/// function and all that it awaits is compiled again into each crate that awaits it.
pub(crate) use async_recursion::async_recursion as boxed;
