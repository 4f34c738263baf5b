//! Whether a shell carries a line out itself, so that no program is to be expected under it. Reads
//! the line as a person would at a glance; where it is not sure, it says no.

/// Words that bash carries out itself (`help` lists them); `exec`, `command`, `eval`, `source` and
/// others that run what follows are left out.
const BUILTINS: &str = "alias bg bind break caller cd compgen complete compopt continue declare \
    dirs disown echo enable exit export false fc fg getopts hash help history jobs kill let local \
    logout mapfile popd printf pushd pwd read readarray readonly return set shift shopt suspend \
    test times trap true type typeset ulimit umask unalias unset wait : [ [[ ((";

/// Words after which a command follows.
const OPENERS: &str = "if then elif else do while until ! time { (";

/// Words that end something or that take no command.
const CLOSERS: &str = "fi done } ) ]] )) esac";

/// Whether all commands of `line` are the shell's own.
pub(super) fn only(line: &str) -> bool {
    let hidden = ["$(", "`", "<(", ">(", "case ", "for ", "select ", "function ", "()"];
    if hidden.iter().any(|it| line.contains(it)) {
        return false;
    }
    pieces(line).iter().all(|piece| is_own(piece))
}

/// The simple commands of a line, cut at what stands between them and outside of quotes.
fn pieces(line: &str) -> Vec<String> {
    let (mut pieces, mut piece, mut quote, mut escaped) = (Vec::new(), String::new(), None, false);
    let mut before = ' ';
    for c in line.chars() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            // `2>&1` and `&>` are redirections.
            (None, '&') if matches!(before, '>' | '<') => {}
            (None, ';' | '|' | '&' | '\n') => {
                pieces.push(std::mem::take(&mut piece));
                before = c;
                continue;
            }
            (None | Some(_), _) => {}
        }
        before = c;
        piece.push(c);
    }
    pieces.push(piece);
    pieces
}

fn is_own(piece: &str) -> bool {
    let in_list = |list: &str, word: &str| list.split_whitespace().any(|it| it == word);
    let first = piece.split_whitespace().find(|word| !in_list(OPENERS, word) && !assigns(word));
    first.is_none_or(|word| {
        let bare = word.trim_matches(['(', ')']);
        let known = |word| in_list(BUILTINS, word) || in_list(CLOSERS, word);
        known(word) || known(bare) || word.starts_with(['#', '>', '<'])
    })
}

/// Such as `x=1`.
fn assigns(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let named = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        named && name.chars().all(|c| c.is_ascii_alphanumeric() || "_+[]".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::only;

    #[test]
    fn the_shells_own_words_are_known() {
        for line in [
            "cd /tmp",
            "echo 'a; ls' && pwd",
            "x=1 y=2",
            "X=1; export X",
            "if true; then echo a; fi",
            "while read line; do echo $line; done < file",
            "(cd /; pwd)",
            "echo a 2>&1 # a note",
            "[[ -e x ]] || false",
            "",
        ] {
            assert!(only(line), "{line}");
        }
    }

    #[test]
    fn whatever_may_run_a_program_is_not_taken_for_the_shells_own() {
        for line in [
            "ls",
            "echo a | grep b",
            "cd /tmp; ls",
            "echo $(date)",
            "echo `date`",
            "exec top",
            "command ls",
            "X=1 env",
            "! grep x y",
            "f() { ls; }",
            "cat <(echo a)",
        ] {
            assert!(!only(line), "{line}");
        }
    }
}
