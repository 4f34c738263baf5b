//! What a text showed, where it is long: its beginning and its end. It decides nothing about when
//! that goes into the record.

/// The beginning and the end of a text.
#[derive(Debug)]
pub struct Excerpt {
    /// What is kept of either, in bytes.
    kept: (usize, usize),
    head: Vec<u8>,
    tail: Vec<u8>,
    cut: u64,
}

impl Excerpt {
    /// Keeps so many bytes of the beginning and of the end.
    pub(crate) fn of(kept: (usize, usize)) -> Excerpt {
        Excerpt { kept, head: Vec::new(), tail: Vec::new(), cut: 0 }
    }

    /// More of the text.
    pub fn push(&mut self, bytes: &[u8]) {
        let (most_head, most_tail) = self.kept;
        let room = most_head.saturating_sub(self.head.len()).min(bytes.len());
        let (first, rest) = bytes.split_at(room);
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        // Now and then, so that a flood of small pieces costs no more than its bytes.
        if self.tail.len() > 2 * most_tail {
            let excess = self.tail.len() - most_tail;
            self.tail.drain(..excess);
            self.cut += excess as u64;
        }
    }

    /// The text so far, without escape sequences; then nothing is kept any more.
    pub fn take(&mut self) -> String {
        let whole = std::mem::replace(self, Excerpt::of(self.kept));
        let Excerpt { kept: (_, most_tail), mut head, mut tail, mut cut } = whole;
        if tail.len() > most_tail {
            let excess = tail.len() - most_tail;
            tail.drain(..excess);
            cut += excess as u64;
        }
        if cut > 0 {
            head.extend_from_slice(format!("\n[{cut} bytes left out]\n").as_bytes());
        }
        head.extend_from_slice(&tail);
        let plain = strip_ansi_escapes::strip(head);
        String::from_utf8_lossy(&plain).into_owned()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.head.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_beginning_and_its_end() {
        let mut excerpt = Excerpt::of((4 << 10, 12 << 10));
        for number in 0..100_000 {
            excerpt.push(format!("line {number}\n").as_bytes());
        }
        let text = excerpt.take();
        assert!(text.starts_with("line 0\nline 1\n"), "{text}");
        assert!(text.ends_with("line 99999\n"));
        assert!(text.contains("bytes left out]"));
        assert!(text.len() < (16 << 10) + 64, "{}", text.len());
    }

    #[test]
    fn a_short_text_is_kept_whole_and_without_escape_sequences() {
        let mut excerpt = Excerpt::of((4 << 10, 12 << 10));
        excerpt.push(b"\x1b[1mready\x1b[0m\n");
        assert_eq!(excerpt.take(), "ready\n");
        assert_eq!(excerpt.take(), "");
    }
}
