//! The journal: written, read back, checked, and gone on with after a crash.

use super::*;
use crate::event::{Event, Kind, Outcome};
use crate::fixture;

pub(super) const KEY: [u8; 32] = [7; 32];

/// A sealed journal of `events`, and its head.
pub(super) fn journal_of(events: &[Event], session: &str) -> (Vec<u8>, Vec<u8>) {
    let mut writer = begun(events, session);
    let head = writer.seal().unwrap();
    (writer.into_inner(), head.to_bytes())
}

fn begun(events: &[Event], session: &str) -> Writer<Vec<u8>> {
    let header = Header::new(session, "payments", &KEY);
    let mut writer = Writer::create(Vec::new(), &header, &KEY).unwrap();
    events.iter().for_each(|event| writer.append(event).unwrap());
    writer
}

/// An unsealed journal with a head that names all of it.
fn unsealed(events: &[Event]) -> (Vec<u8>, Vec<u8>) {
    let mut writer = begun(events, "one");
    let head = writer.commit().unwrap();
    (writer.into_inner(), head.to_bytes())
}

fn check(journal: &[u8], head: Option<&[u8]>) -> Verdict {
    verify(journal, head, Some(&public_key(&KEY)))
}

fn problem(verdict: &Verdict) -> Problem {
    verdict.broken.unwrap().problem
}

use super::verify::Problem;
use super::verify::Signature;

#[test]
fn what_was_written_is_read_back() {
    let events = fixture::methodical();
    let (journal, _) = journal_of(&events, "one");
    assert_eq!(read(&journal[..]).unwrap(), events);
}

#[test]
fn a_sealed_journal_is_intact_with_and_without_its_head() {
    let events = fixture::methodical();
    let (journal, head) = journal_of(&events, "one");
    for head in [Some(&head[..]), None] {
        let verdict = check(&journal, head);
        assert_eq!((verdict.state, verdict.signature), (State::Sealed, Signature::Seal));
        assert_eq!(verdict.events, events.len() as u64);
        assert_eq!(verdict.intact_bytes, journal.len() as u64);
        assert_eq!(
            (verdict.session.as_deref(), verdict.lab.as_deref()),
            (Some("one"), Some("payments"))
        );
    }
    assert_eq!(verify(&journal[..], None, None).signature, Signature::Unchecked);
}

#[test]
fn a_running_session_is_intact_and_not_sealed() {
    let (journal, head) = unsealed(&fixture::jumper()[..9]);
    let verdict = check(&journal, Some(&head));
    assert_eq!((verdict.state, verdict.events), (State::Unsealed, 9));
    assert_eq!(verdict.signature, Signature::Head { lines: 9 });
    assert!(
        verdict.sentence.contains("9 events so far. It is signed up to event 8."),
        "{verdict:?}"
    );
}

#[test]
fn a_tail_torn_by_a_crash_is_told_from_one_that_was_cut_off() {
    let events = fixture::jumper();
    let (_, head) = unsealed(&events[..9]);
    let (longer, longer_head) = unsealed(&events[..10]);
    let torn = &longer[..longer.len() - 20];
    let verdict = check(torn, Some(&head));
    assert_eq!((verdict.state, verdict.events), (State::Torn, 9));
    assert!(verdict.is_intact());
    let cut = check(torn, Some(&longer_head));
    assert_eq!((problem(&cut), cut.broken.unwrap().seq), (Problem::Truncated, Some(9)));
}

#[test]
fn a_chain_made_anew_is_not_signed() {
    let mut events = fixture::jumper();
    let (_, head) = journal_of(&events, "one");
    events[3].wall = "2026-03-02T10:00:00.000Z".to_owned();
    let forged = unsealed(&events).0;
    let verdict = check(&forged, Some(&head));
    assert_eq!((problem(&verdict), verdict.state), (Problem::Truncated, State::Broken));

    let other_key = [8; 32];
    let header = Header { key: key_id(&public_key(&KEY)), ..Header::new("one", "payments", &KEY) };
    assert!(Writer::create(Vec::new(), &header, &other_key).is_err());
    let header = Header::new("one", "payments", &other_key);
    let mut writer = Writer::create(Vec::new(), &header, &other_key).unwrap();
    events.iter().for_each(|event| writer.append(event).unwrap());
    let head = writer.seal().unwrap().to_bytes();
    let verdict = check(&writer.into_inner(), Some(&head));
    assert_eq!((problem(&verdict), verdict.signature), (Problem::OtherKey, Signature::Wrong));
}

#[test]
fn a_rewritten_event_under_a_right_head_is_found() {
    let mut events = fixture::jumper();
    let (_, head) = unsealed(&events);
    events[3].wall = "2026-03-02T10:00:00.000Z".to_owned();
    let verdict = check(&unsealed(&events).0, Some(&head));
    assert_eq!(problem(&verdict), Problem::Foreign);
}

#[test]
fn every_kind_of_break_has_its_name() {
    let events = fixture::jumper();
    let (journal, head) = journal_of(&events, "one");
    let lines: Vec<&[u8]> = journal.split_inclusive(|byte| *byte == b'\n').collect();
    let without = |drop: usize| [&lines[..drop], &lines[drop + 1..]].concat().concat();
    let swapped = {
        let mut lines = lines.clone();
        lines.swap(4, 5);
        lines.concat()
    };
    let repeated = [&lines[..5], &lines[4..]].concat().concat();
    let strange = journal_of(&events, "two").0;
    let strange_lines: Vec<&[u8]> = strange.split_inclusive(|byte| *byte == b'\n').collect();
    let foreign = [&lines[..4], &strange_lines[4..5], &lines[5..]].concat().concat();
    let added = [&journal[..], b"{}\n"].concat();
    let cases = [
        (without(4), Problem::Missing, Some(3)),
        (swapped, Problem::Reordered, Some(3)),
        (repeated, Problem::Repeated, Some(4)),
        (foreign, Problem::Foreign, Some(3)),
        (added, Problem::AfterSeal, Some(events.len() as u64 + 1)),
        (without(0), Problem::NoHeader, None),
        (strange, Problem::Foreign, None),
        (Vec::new(), Problem::NoHeader, None),
    ];
    for (bytes, wanted, seq) in cases {
        let verdict = check(&bytes, Some(&head));
        let broken = verdict.broken.unwrap();
        assert_eq!((broken.problem, broken.seq), (wanted, seq), "{}", verdict.sentence);
    }
    assert_eq!(problem(&check(&journal, Some(b"no head"))), Problem::BadHead);
}

#[test]
fn no_bytes_make_it_panic() {
    let (journal, head) = journal_of(&fixture::quiet(), "one");
    for length in (0..1500).chain((1500..journal.len()).step_by(97)) {
        let prefix = &journal[..length];
        assert_eq!(check(prefix, Some(&head)).state, State::Broken);
        let _only_that_it_ends = read(prefix);
        let _only_that_it_ends = recover(prefix, None, None, "now");
    }
    for bytes in [&b"\n\n\n"[..], b"{\"\n", &[0xff; 500], b"\"hash\":\"", &[b'\n'; 200]] {
        assert_eq!(check(bytes, None).state, State::Broken);
        assert_eq!(check(&journal, Some(bytes)).state, State::Broken);
    }
}

#[test]
fn a_line_without_end_is_refused_without_being_kept() {
    let endless = std::io::BufReader::new(std::io::Read::take(std::io::repeat(b'x'), 1 << 30));
    assert_eq!(problem(&verify(endless, None, None)), Problem::TooLong);
}

#[test]
fn recovery_goes_on_with_an_explicit_gap_and_seals() {
    let events = fixture::methodical();
    let (journal, head) = unsealed(&events[..20]);
    let torn = [&journal[..], b"{\"seq\":20,\"at_s\":1"].concat();
    let key = public_key(&KEY);
    let Recovery::GoOn(go_on) = recover(&torn, Some(&head), Some(&key), "later").unwrap() else {
        panic!("it was not sealed");
    };
    assert_eq!(
        (go_on.keep_bytes, go_on.torn_bytes, go_on.next_seq),
        (journal.len() as u64, 18, 20)
    );
    let mut kept = torn;
    kept.truncate(go_on.keep_bytes as usize);
    let mut writer = Writer::resume(kept, &go_on, &KEY).unwrap();
    go_on.append.iter().for_each(|event| writer.append(event).unwrap());
    let head = writer.seal().unwrap().to_bytes();
    let whole = writer.into_inner();
    assert_eq!(check(&whole, Some(&head)).state, State::Sealed);
    let read = read(&whole[..]).unwrap();
    let [.., gap, end] = &read[..] else { panic!("two events were added") };
    assert!(
        matches!(&gap.kind, Kind::Gap { reason, .. } if reason.contains("18 bytes")),
        "{gap:?}"
    );
    assert!(matches!(end.kind, Kind::SessionEnded { outcome: Outcome::Lost, .. }));
    assert_eq!(recover(&whole, Some(&head), Some(&key), "now").unwrap(), Recovery::Sealed);
}

#[test]
fn a_broken_journal_is_not_gone_on_with() {
    let (mut journal, head) = unsealed(&fixture::jumper());
    journal[400] ^= 1;
    let refused = recover(&journal, Some(&head), Some(&public_key(&KEY)), "now");
    assert!(matches!(refused, Err(JournalError::Broken(_))), "{refused:?}");
}

#[test]
fn nothing_follows_a_seal_a_failed_write_or_a_wrong_sequence() {
    let events = fixture::jumper();
    let mut writer = begun(&events[..2], "one");
    assert!(matches!(
        writer.append(&events[5]),
        Err(JournalError::OutOfOrder { seq: 5, expected: 2 })
    ));
    writer.seal().unwrap();
    assert!(matches!(writer.append(&events[3]), Err(JournalError::Sealed)));

    let mut room = [0_u8; 700];
    let header = Header::new("one", "payments", &KEY);
    let mut full = Writer::create(&mut room[..], &header, &KEY).unwrap();
    let failed = events.iter().find_map(|event| full.append(event).err());
    assert!(matches!(failed, Some(JournalError::Write(_))), "{failed:?}");
    assert!(matches!(full.commit(), Err(JournalError::Failed)));
}
