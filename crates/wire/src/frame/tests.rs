//! Every message survives the way there and back, and no bytes whatever bring a reader down.

use std::fmt::Debug;

use super::*;
use crate::Call;

fn there_and_back<M: Message + PartialEq + Debug>(message: &M) {
    let frame = message.to_frame().unwrap();
    let mut decoder = Decoder::new();
    for byte in &frame[..frame.len() - 1] {
        decoder.push(&[*byte]);
        assert!(decoder.next::<M>().unwrap().is_none(), "an unfinished frame was taken for whole");
    }
    decoder.push(&frame[frame.len() - 1..]);
    assert_eq!(decoder.next::<M>().unwrap().as_ref(), Some(message));
    decoder.finish().unwrap();
}

fn refused<M: Message + Debug>(bytes: &[u8]) -> String {
    let mut decoder = Decoder::new();
    decoder.push(bytes);
    decoder.next::<M>().unwrap_err().to_string()
}

fn opens() -> Vec<Open> {
    vec![
        Open::Terminal { terminal: "t1".into(), columns: 80, rows: 24 },
        Open::Dial { host: "prometheus".into(), port: 9090 },
        Open::Call(Call { program: "oncall".into(), args: vec!["page".into()], columns: Some(80) }),
        Open::Call(Call {
            program: "edgectl".into(),
            args: vec!["\u{1f680}".into()],
            columns: None,
        }),
        Open::Lines { version: crate::VERSION },
        Open::Docker,
    ]
}

fn lines() -> Vec<Line> {
    let (terminal, cwd) = ("t1".to_owned(), "/src/payments".to_owned());
    vec![
        Line::Clock { at_us: 0 },
        Line::Ready { terminal: terminal.clone(), at_us: u64::MAX },
        Line::Started { id: 1, terminal: String::new(), line: "a\n\"b\"".into(), cwd, at_us: 2 },
        Line::Ended {
            id: 1,
            terminal,
            exit: -1,
            at_us: 9,
            printed_bytes: 5,
            printed: "zwölf\n".into(),
        },
        Line::Lost { reason: "unreadable".into(), at_us: 3 },
    ]
}

fn replies() -> Vec<Reply> {
    vec![Reply::Stdout(vec![0, 255, 10]), Reply::Stderr(vec![]), Reply::Exit(0), Reply::Exit(255)]
}

fn inputs() -> Vec<ToTerminal> {
    vec![
        ToTerminal::Input(b"ls\r".to_vec()),
        ToTerminal::Resize { columns: 65535, rows: 1 },
        ToTerminal::Close,
    ]
}

fn outputs() -> Vec<FromTerminal> {
    vec![
        FromTerminal::Output(b"\x1b[1m".to_vec()),
        FromTerminal::Took { bytes: 70_000, masked: true },
        FromTerminal::Exited(Some(-1)),
        FromTerminal::Exited(None),
    ]
}

#[test]
fn every_message_comes_back_as_it_was() {
    opens().iter().for_each(there_and_back);
    lines().iter().for_each(there_and_back);
    replies().iter().for_each(there_and_back);
    inputs().iter().for_each(there_and_back);
    outputs().iter().for_each(there_and_back);
    there_and_back(&Dialled::Connected);
    there_and_back(&Dialled::Refused { reason: "no such host".into() });
}

#[test]
fn messages_in_a_row_come_out_in_order() {
    let mut bytes = Vec::new();
    for line in &lines() {
        line.encode(&mut bytes).unwrap();
    }
    let mut decoder = Decoder::new();
    let mut seen = Vec::new();
    for chunk in bytes.chunks(7) {
        decoder.push(chunk);
        while let Some(line) = decoder.next::<Line>().unwrap() {
            seen.push(line);
        }
    }
    assert_eq!(seen, lines());
}

#[test]
fn raw_bytes_follow_the_answer_to_a_dial() {
    let mut decoder = Decoder::new();
    decoder.push(&Dialled::Connected.to_frame().unwrap());
    decoder.push(b"HTTP/1.1");
    assert_eq!(decoder.next::<Dialled>().unwrap(), Some(Dialled::Connected));
    assert_eq!(decoder.rest(), b"HTTP/1.1");
    assert_eq!(decoder.into_rest(), b"HTTP/1.1");
}

#[test]
fn raw_bytes_over_the_limit_are_split() {
    let printed = vec![b'x'; LIMIT * 2 + 1];
    let mut decoder = Decoder::new();
    decoder.push(&FromTerminal::Output(printed.clone()).to_frame().unwrap());
    let mut seen = Vec::new();
    while let Some(FromTerminal::Output(part)) = decoder.next().unwrap() {
        seen.extend(part);
    }
    assert_eq!(seen.len(), printed.len());
}

#[test]
fn a_json_message_over_the_limit_is_refused_and_leaves_the_buffer_alone() {
    let call = Call { program: "oncall".into(), args: vec!["x".repeat(LIMIT)], columns: None };
    let mut out = b"before".to_vec();
    let refusal = Open::Call(call).encode(&mut out).unwrap_err().to_string();
    assert!(refusal.contains("over the limit of 1048576"), "{refusal}");
    assert_eq!(out, b"before");
}

#[test]
fn a_length_over_the_limit_is_refused_before_its_bytes_come() {
    assert!(refused::<Line>(&[255, 255, 255, 255]).contains("over the limit"));
    assert!(refused::<Line>(&(LIMIT as u32 + 2).to_be_bytes()).contains("over the limit"));
}

#[test]
fn a_frame_that_does_not_belong_is_named() {
    assert!(refused::<Open>(&[0, 0, 0, 0]).contains("without a tag"));
    assert!(refused::<Reply>(&Dialled::Connected.to_frame().unwrap()).contains("tag 2"));
    assert!(refused::<Reply>(&[0, 0, 0, 3, 18, 0, 0]).contains("2 bytes instead of 1"));
    assert!(refused::<Open>(&[0, 0, 0, 2, 1, b'{']).contains("tag 1 is unreadable"));
}

#[test]
fn a_stream_cut_inside_a_frame_is_noticed() {
    let mut decoder = Decoder::new();
    decoder.push(&[0, 0]);
    assert!(decoder.next::<Line>().unwrap().is_none());
    assert!(decoder.finish().unwrap_err().to_string().contains("2 bytes into it"));
}

/// A small generator (xorshift), so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// Feeds `bytes` in odd pieces and takes messages until an error or the end.
fn swallow<M: Message>(bytes: &[u8], dice: &mut Dice) {
    let mut decoder = Decoder::new();
    let mut left = bytes;
    while !left.is_empty() {
        let (now, later) = left.split_at(1 + dice.roll(left.len()));
        decoder.push(now);
        left = later;
        loop {
            match decoder.next::<M>() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(_) => return,
            }
        }
        assert!(decoder.rest().len() <= bytes.len());
    }
}

fn swallow_as_everything(bytes: &[u8], dice: &mut Dice) {
    swallow::<Open>(bytes, dice);
    swallow::<Dialled>(bytes, dice);
    swallow::<Line>(bytes, dice);
    swallow::<Reply>(bytes, dice);
    swallow::<ToTerminal>(bytes, dice);
    swallow::<FromTerminal>(bytes, dice);
}

#[test]
fn mutated_and_random_bytes_never_bring_a_reader_down() {
    let mut good = Vec::new();
    opens().iter().for_each(|m| m.encode(&mut good).unwrap());
    lines().iter().for_each(|m| m.encode(&mut good).unwrap());
    replies().iter().for_each(|m| m.encode(&mut good).unwrap());
    inputs().iter().for_each(|m| m.encode(&mut good).unwrap());
    outputs().iter().for_each(|m| m.encode(&mut good).unwrap());
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..4000 {
        let mut bytes = good[dice.roll(good.len())..].to_vec();
        for _ in 0..=dice.roll(6) {
            let at = dice.roll(bytes.len());
            match dice.roll(3) {
                0 => bytes[at] = dice.roll(256) as u8,
                1 => bytes.truncate(at + 1),
                _ => bytes.insert(at, dice.roll(256) as u8),
            }
        }
        swallow_as_everything(&bytes, &mut dice);
        let noise: Vec<u8> = (0..1 + dice.roll(64)).map(|_| dice.roll(256) as u8).collect();
        swallow_as_everything(&noise, &mut dice);
    }
}
