//! Random bytes and broken frames, a fixed number of them: a reader of frames never panics, keeps no
//! more than it was given, and gives the same messages however the bytes are cut.

use bolero::check;

use super::*;

/// Executions of each target; ten times as many with CHECKRIDE_TEST_FULL set.
fn executions() -> usize {
    if std::env::var_os("CHECKRIDE_TEST_FULL").is_some() { 1_000_000 } else { 100_000 }
}

/// All messages, as text, and why there were no more.
fn read<M: Message + std::fmt::Debug>(pieces: &[&[u8]]) -> Vec<String> {
    let mut decoder = Decoder::new();
    let mut messages = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        loop {
            match decoder.next::<M>() {
                Ok(Some(message)) => messages.push(format!("{message:?}")),
                Ok(None) => break,
                Err(error) => {
                    messages.push(error.to_string());
                    return messages;
                }
            }
        }
    }
    messages
}

fn same_however_cut<M: Message + std::fmt::Debug>(bytes: &[u8]) {
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(read::<M>(&[bytes]), read::<M>(&single), "{bytes:?}");
}

#[test]
fn random_bytes_are_read_the_same_however_they_are_cut() {
    check!().with_iterations(executions()).with_type::<Vec<u8>>().for_each(|bytes| {
        same_however_cut::<Open>(bytes);
        same_however_cut::<Line>(bytes);
        same_however_cut::<Reply>(bytes);
        same_however_cut::<ToTerminal>(bytes);
        same_however_cut::<FromTerminal>(bytes);
    });
}

#[test]
fn frames_with_a_byte_of_another_kind_are_refused_or_read_and_no_more() {
    check!().with_iterations(executions()).with_type::<(u8, u8, Vec<u8>)>().for_each(
        |(at, with, text)| {
            let open = Open::Dial { host: String::from_utf8_lossy(text).into_owned(), port: 80 };
            let mut bytes = [open.to_frame().unwrap(), Open::Docker.to_frame().unwrap()].concat();
            let at = usize::from(*at) % bytes.len();
            bytes[at] = *with;
            same_however_cut::<Open>(&bytes);
            let mut decoder = Decoder::new();
            decoder.push(&bytes);
            while let Ok(Some(_)) = decoder.next::<Open>() {}
            assert!(decoder.rest().len() <= bytes.len());
        },
    );
}
