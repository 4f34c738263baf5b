//! Events as they come, and what the pages make of them.

use std::time::Duration;

use session::event::{Attached, Door, Effect, Happening, Place, Standing};
use session::timeline::Timeline;

use super::*;
use crate::fixture;
use crate::words;

/// Takes these, one a second.
fn chronicle(kinds: Vec<(Participant, Kind)>) -> Chronicle {
    let mut chronicle = Chronicle::new(Arc::new(fixture::lab()), fixture::cause());
    let mut timeline = Timeline::new();
    for (second, (participant, kind)) in kinds.into_iter().enumerate() {
        let (door, effect, place) = (Door::Session, Effect::Think, Place::Console);
        let happening = Happening { participant, door, effect, place, kind };
        let at = Duration::from_secs(second as u64);
        chronicle.take(timeline.record(happening, at, "w".to_owned()));
    }
    chronicle
}

fn hypothesis(text: &str, confidence: Option<u8>, status: Standing, attached: &[&str]) -> Kind {
    let attached = attached.iter().map(|title| Attached {
        source: "log".to_owned(),
        title: (*title).to_owned(),
        text: String::new(),
    });
    Kind::Hypothesis {
        text: text.to_owned(),
        confidence,
        status,
        disprove: Some("a level pool".to_owned()),
        evidence: attached.collect(),
    }
}

#[test]
fn the_same_words_are_the_same_hypothesis() {
    let candidate = Participant::Candidate;
    let chronicle = chronicle(vec![
        (candidate, hypothesis("It leaks", Some(40), Standing::Open, &["a"])),
        (candidate, hypothesis("A spike", None, Standing::Open, &[])),
        (candidate, hypothesis("it  leaks ", None, Standing::Confirmed, &["a", "b"])),
    ]);
    let list = &chronicle.hypotheses.list;
    assert_eq!(
        list.iter().map(|it| (it.id, it.entries.len())).collect::<Vec<_>>(),
        [(0, 2), (1, 1)]
    );
    assert_eq!((list[0].confidence, list[0].standing), (Some(40), words::Standing::Confirmed));
    assert_eq!(list[0].evidence.len(), 2);
    assert_eq!(list[0].evidence[0].source, AttachmentSource::Log);
    assert_eq!(chronicle.hypotheses.version, 3);
}

#[test]
fn the_first_reason_for_the_end_counts() {
    let ended = chronicle(vec![
        (Participant::Lab, Kind::TimeOver { minutes: 45 }),
        (Participant::Lab, Kind::SessionEnded { outcome: Outcome::Done, detail: String::new() }),
    ]);
    assert_eq!(ended.ended.map(|it| it.how), Some(EndingHow::TimeOver));
    let failed = chronicle(vec![(
        Participant::Lab,
        Kind::SessionEnded { outcome: Outcome::Failed, detail: "no space".to_owned() },
    )]);
    assert_eq!(failed.ended.map(|it| it.detail).as_deref(), Some("no space"));
}

#[test]
fn a_question_and_its_answer_are_two_messages_and_a_rating_replaces_the_last() {
    let asked = Kind::Asked {
        question: "Any deploys?".to_owned(),
        answer_id: None,
        who: "Dana".to_owned(),
        answer: "Train 46.\n".to_owned(),
    };
    let rated = |level| Kind::Rated {
        dimension: "systems-thinking".to_owned(),
        level,
        because: String::new(),
    };
    let chronicle = chronicle(vec![
        (Participant::Candidate, asked),
        (Participant::Interviewer, Kind::Told { who: "Ines".to_owned(), text: "Well?".to_owned() }),
        (Participant::Interviewer, rated(2)),
        (Participant::Interviewer, rated(3)),
    ]);
    let said: Vec<_> = chronicle.messages.iter().map(|it| (&*it.who, &*it.text)).collect();
    assert_eq!(said, [("you", "Any deploys?"), ("Dana", "Train 46."), ("Ines", "Well?")]);
    assert_eq!(chronicle.ratings.list.iter().map(|it| it.level).collect::<Vec<_>>(), [3]);
}

#[test]
fn the_candidate_is_not_told_that_words_were_prepared() {
    let (who, text) = ("Dana".to_owned(), "Since when?".to_owned());
    let hint = Kind::HintGiven { number: 1, of: 4, who, text };
    let (who, role, text) = ("Ruth".to_owned(), "stakeholder".to_owned(), "And?".to_owned());
    let (inject, title) = ("how-bad".to_owned(), "A question".to_owned());
    let did = InjectDid::Said { who, role, text };
    let asked = Kind::InjectUsed { inject, title, did, began_s: None };
    let chronicle =
        chronicle(vec![(Participant::Interviewer, hint), (Participant::Interviewer, asked)]);
    let told = |role| {
        let messages = chronicle.messages.iter();
        messages.map(|it| it.told_to(role).kind).collect::<Vec<_>>()
    };
    assert_eq!(told(words::Role::Interviewer), [MessageKind::Hint, MessageKind::Inject]);
    assert_eq!(told(words::Role::Candidate), [MessageKind::Message, MessageKind::Message]);
    assert_eq!((chronicle.hints.len(), &*chronicle.injects[0].0), (1, "how-bad"));
}
