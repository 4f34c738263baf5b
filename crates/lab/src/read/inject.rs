//! Injects: ids that are not taken, words that fit the channel, faults within the blast radius.

use std::collections::BTreeSet;

use super::fault::fault;
use crate::inject::{Does, Inject, Speaker};
use crate::lab::System;
use crate::raw::at::At;
use crate::raw::inject as raw;
use crate::rule::Rule;
use crate::source::Findings;

/// Characters of a name and of a text, as the console allows them in the channel.
const NAME: usize = 60;
const TEXT: usize = 2000;

/// Reads all injects of a lab.
pub(crate) fn injects(raw: &[raw::Inject], system: &System, found: &mut Findings) -> Vec<Inject> {
    let mut taken = BTreeSet::new();
    let mut injects = Vec::new();
    for one in raw {
        if !taken.insert(&one.id.value) {
            let message = format!("there is an inject `{}` already", one.id.value);
            found.error(Rule::DuplicateId, &one.id, message, "give this one another id");
        }
        injects.push(Inject {
            id: found.id(&one.id),
            title: found.line(&one.title),
            does: does(&one.does, system, found),
            repeat: one.repeat,
        });
    }
    injects
}

fn does(raw: &raw::Does, system: &System, found: &mut Findings) -> Does {
    match raw {
        raw::Does::Fault(raw) => Does::Fault(fault(raw, system, found)),
        raw::Does::Message(message) => {
            let who = found.line(&message.who);
            short(&message.who, NAME, found);
            let text = found.text(&message.text);
            short(&message.text, TEXT, found);
            let role = match message.role {
                raw::Speaker::Teammate => Speaker::Teammate,
                raw::Speaker::Stakeholder => Speaker::Stakeholder,
            };
            Does::Message { who, role, text }
        }
    }
}

fn short(at: &At<String>, most: usize, found: &mut Findings) {
    let count = at.value.trim().chars().count();
    if count > most {
        let message = format!("this text has {count} characters");
        found.error(Rule::TooLong, at, message, format!("say it in {most} or fewer"));
    }
}
