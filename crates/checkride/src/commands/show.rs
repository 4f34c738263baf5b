//! `checkride show`: what a lab is made of. For those who write or hold it: it gives all away.

use std::path::Path;

use anyhow::Result;
use lab::cause::{Cause, Remedy};
use lab::lab::Lab;
use serde_json::{Value, json};

use crate::exit::Code;
use crate::{places, print};

pub(super) fn run(labs: Option<&Path>, name: &str, json: bool) -> Result<Code> {
    let lab = places::lab(labs, name)?;
    if json {
        print::json(&value(&lab))?;
    } else {
        print::out(&text(&lab));
    }
    Ok(Code::Ok)
}

fn value(lab: &Lab) -> Value {
    let causes: Vec<Value> = lab.causes.values().map(cause_value).collect();
    json!({
        "id": lab.id,
        "title": lab.title,
        "summary": lab.summary,
        "folder": lab.folder,
        "services": lab.system.compose.services.keys().collect::<Vec<_>>(),
        "page": { "alert": lab.page.alert, "severity": lab.page.severity,
                  "summary": lab.page.summary },
        "probes": lab.steady_state.probes.iter().map(|probe| json!({
            "name": probe.name, "promql": probe.promql,
            "at_least": probe.at_least, "at_most": probe.at_most })).collect::<Vec<_>>(),
        "evidence": lab.evidence.iter().map(|evidence| json!({
            "id": evidence.id, "title": evidence.title })).collect::<Vec<_>>(),
        "causes": causes,
        "personas": lab.personas.keys().collect::<Vec<_>>(),
        "wiki": lab.wiki.keys().collect::<Vec<_>>(),
        "dashboards": lab.dashboards.keys().collect::<Vec<_>>(),
    })
}

fn cause_value(cause: &Cause) -> Value {
    json!({
        "id": cause.id,
        "title": cause.title,
        "chain": cause.chain,
        "tells": cause.tells.iter().map(|tell| &tell.evidence).collect::<Vec<_>>(),
        "remedies": remedies(cause),
        "traps": cause.traps.iter().map(|trap| &trap.because).collect::<Vec<_>>(),
    })
}

fn remedies(cause: &Cause) -> Vec<String> {
    match &cause.remedy {
        Remedy::Nothing => Vec::new(),
        Remedy::Acts(acts) => acts
            .iter()
            .map(|act| {
                let parts = [Some(&act.verb), act.target.as_ref(), act.detail.as_ref()];
                parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ")
            })
            .collect(),
    }
}

fn text(lab: &Lab) -> String {
    let services: Vec<&str> = lab.system.compose.services.keys().map(String::as_str).collect();
    let mut text = format!(
        "{}  {}\n{}\n\npage      {} {}: {}\nservices  {}\n\n{}\n",
        print::heading(&lab.id),
        lab.title,
        lab.summary.trim(),
        lab.page.severity,
        lab.page.alert,
        lab.page.summary,
        services.join(", "),
        print::heading("evidence"),
    );
    for evidence in &lab.evidence {
        text.push_str(&format!("  {:<18} {}\n", evidence.id, evidence.title));
    }
    for cause in lab.causes.values() {
        text.push_str(&format!("\n{}  {}\n", print::heading(&cause.id), cause.title));
        for (index, link) in cause.chain.iter().enumerate() {
            text.push_str(&format!("  {}. {link}\n", index + 1));
        }
        for tell in &cause.tells {
            text.push_str(&format!("  tell    {}: {}\n", tell.evidence, tell.because));
        }
        let remedies = remedies(cause);
        let remedy = if remedies.is_empty() {
            "change nothing, and say so".to_owned()
        } else {
            remedies.join(" | ")
        };
        text.push_str(&format!("  remedy  {remedy}\n"));
        for trap in &cause.traps {
            text.push_str(&format!("  trap    {}: {}\n", trap.act.verb, trap.because));
        }
    }
    let personas: Vec<&str> = lab.personas.keys().map(String::as_str).collect();
    text.push_str(&format!("\n{}  {}\n", print::heading("personas"), personas.join(", ")));
    text
}
