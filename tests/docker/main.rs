//! Tests of the whole on the real engine: rehearsals of the payments lab, and sudden ends.
//!
//! As many run at once as the test harness has threads, each with a home of its own, as sessions do in
//! life. What uses the machine up runs beside no other of them ([`ground::Ground::alone`]), and goes after all
//! the rest (`make ci`), so that nothing waits for it. The others run in the order of their names.
//!
//! - [`causes`]: every cause with every persona, early, since nothing takes longer
//! - [`sudden`]: Ctrl-C and SIGKILL while a session starts, breaks and goes on, two homes beside each other
//! - [`luck`]: what a session needs fails it
//! - [`asked`]: what the database and Prometheus allow, and write down
//! - [`docker_door`]: the Docker CLI in the workstation, by every command
//! - [`acts`]: acts and looks in many disguises, each told for what it is
//! - [`canaries`]: secrets that are planted and must be found nowhere
//! - [`console`]: an interview in two browsers
//! - [`database`]: what was committed is there after a kill
//! - [`debrief`]: what follows the incident, also when it is cut short
//! - [`grafana`]: one beside the lab, passed through
//! - [`hosting`]: several interviews behind one port
//! - [`leases`]: what goes by itself when the orchestrator does
//! - [`isolation`]: a stranger with a shell, with [`cis`], [`probes`] and [`leaks`]
//! - [`abuse`]: somebody who uses the machine up
//! - [`live`]: a lab with somebody in front of it
//! - [`ground`], [`program`], [`room`]: what they stand on
#![allow(clippy::unwrap_used, clippy::panic)]
#![allow(clippy::print_stdout, reason = "tables are printed for docs/trust")]

mod abuse;
mod acts;
mod asked;
mod canaries;
mod causes;
mod cis;
mod console;
mod database;
mod debrief;
mod docker_door;
mod grafana;
mod ground;
mod hosting;
mod isolation;
mod leaks;
mod leases;
mod live;
mod luck;
mod probes;
mod program;
mod room;
mod sudden;
