//! Faults: what they change exists, changes for real, and is no part of the session itself.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::act::{release, setting};
use super::deployment::in_range;
use super::system::{container, known_deployment};
use crate::fault::Fault;
use crate::lab::System;
use crate::raw::at::At;
use crate::raw::cause as raw;
use crate::rule::Rule;
use crate::source::Findings;

/// Arrivals a second that one merchant may add; the traffic's source can send no more.
const RATE: RangeInclusive<f64> = 0.1..=5000.0;
const MOST_RETRIES: u32 = 10;
const HOLD: RangeInclusive<Duration> = Duration::from_millis(100)..=Duration::from_secs(600);

/// Reads a fault.
pub(crate) fn fault(raw: &At<raw::Fault>, system: &System, found: &mut Findings) -> Fault {
    match &raw.value {
        raw::Fault::Deploy(fault) => deploy(fault, system, found),
        raw::Fault::Config(fault) => config(fault, system, found),
        raw::Fault::Traffic(fault) => traffic(fault, system, found),
        raw::Fault::Sql(fault) => sql(fault, system, found),
    }
}

fn deploy(raw: &raw::DeployFault, system: &System, found: &mut Findings) -> Fault {
    if known_deployment(&raw.deployment, system, found)
        && let Some(deployment) = system.deployments.get(&raw.deployment.value)
    {
        release(&raw.release, deployment, found);
        if deployment.running == raw.release.value {
            let message = format!("`{}` runs already when the session starts", raw.release.value);
            let help = "deploy another release, or let another one run at the start";
            found.error(Rule::FaultWithoutEffect, &raw.release, message, help);
        }
    }
    Fault::Deploy {
        deployment: raw.deployment.value.clone(),
        release: raw.release.value.clone(),
        by: found.line(&raw.by),
        note: found.line(&raw.note),
    }
}

fn config(raw: &raw::ConfigFault, system: &System, found: &mut Findings) -> Fault {
    if known_deployment(&raw.deployment, system, found)
        && let Some(deployment) = system.deployments.get(&raw.deployment.value)
    {
        setting(&raw.key, deployment, found);
        if let Some(setting) = deployment.config.get(&raw.key.value) {
            in_range(setting, &raw.value, found);
            if setting.value == raw.value.value {
                let message = format!("`{}` is the value at the start", raw.value.value);
                let help = "set it to another value";
                found.error(Rule::FaultWithoutEffect, &raw.value, message, help);
            }
        }
    }
    Fault::Config {
        deployment: raw.deployment.value.clone(),
        key: raw.key.value.clone(),
        value: raw.value.value.clone(),
        by: found.line(&raw.by),
        note: found.line(&raw.note),
    }
}

fn traffic(raw: &raw::TrafficFault, system: &System, found: &mut Findings) -> Fault {
    if system.internet.is_none() {
        let message = "the lab has no service that could send this traffic";
        let help = "name the service as `internet` in lab.yaml";
        found.error(Rule::BlastRadius, &raw.merchant, message, help);
    }
    if raw.retries.value > MOST_RETRIES {
        let message = format!("`{}` is outside of the limits", raw.retries.value);
        let help = format!("write a number from 0 to {MOST_RETRIES}");
        found.error(Rule::Number, &raw.retries, message, help);
    }
    Fault::Traffic {
        merchant: found.line(&raw.merchant),
        rate: found.number(&raw.rate, &RATE),
        retries: raw.retries.value,
    }
}

fn sql(raw: &raw::SqlFault, system: &System, found: &mut Findings) -> Fault {
    container(&raw.service, &system.compose, found);
    let name = raw.service.as_str();
    if name == system.workstation || name == system.prometheus_service() {
        let message = format!("the session itself stands on `{name}`; no fault may reach it");
        let help = "choose a service of the system under test";
        found.error(Rule::BlastRadius, &raw.service, message, help);
    }
    Fault::Sql {
        service: raw.service.value.clone(),
        application: found.line(&raw.application),
        statement: found.text(&raw.statement),
        hold: found.duration(&raw.hold, &HOLD),
    }
}
