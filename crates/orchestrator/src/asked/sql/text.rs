//! The text of SQL: its tokens without blanks and comments, its names as the server folds them,
//! and what of it must not be kept.

use std::sync::LazyLock;

use regex::Regex;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::{Token, Tokenizer};

/// The tokens that mean something; `None` when the text cannot be taken apart.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let text = plain_identifiers(text);
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, &text).tokenize().ok()?;
    let meant = |token: &Token| !matches!(token, Token::Whitespace(_) | Token::EOF);
    Some(tokens.into_iter().filter(meant).collect())
}

/// `U&"d\0061ta"` as `"data"`: names written in code points, which the tokenizer does not know.
fn plain_identifiers(text: &str) -> std::borrow::Cow<'_, str> {
    static ESCAPED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?i)\bU&("(?:[^"]|"")*")"#).expect("a constant"));
    static POINT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\\(?:\+([0-9A-Fa-f]{6})|([0-9A-Fa-f]{4}))").expect("a constant")
    });
    ESCAPED.replace_all(text, |found: &regex::Captures<'_>| {
        let point = |point: &regex::Captures<'_>| {
            let digits = point.get(1).or(point.get(2)).map_or("", |digits| digits.as_str());
            let letter = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            letter.map_or(String::new(), String::from)
        };
        POINT.replace_all(&found[1], point).into_owned()
    })
}

/// The keyword or unquoted name in upper case; empty for everything else.
pub(super) fn word(token: Option<&Token>) -> String {
    match token {
        Some(Token::Word(word)) if word.quote_style.is_none() => word.value.to_uppercase(),
        _ => String::new(),
    }
}

/// A name as the server folds it.
pub(super) fn name(token: Option<&Token>) -> Option<String> {
    let Some(Token::Word(word)) = token else { return None };
    Some(match word.quote_style {
        None => word.value.to_lowercase(),
        Some(_) => word.value.clone(),
    })
}

/// The name that begins at the first token, with its schema, and how many tokens it takes.
pub(super) fn qualified(tokens: &[Token]) -> Option<(String, usize)> {
    let mut whole = name(tokens.first())?;
    let mut taken = 1;
    while matches!(tokens.get(taken), Some(Token::Period))
        && let Some(next) = name(tokens.get(taken + 1))
    {
        whole = format!("{whole}.{next}");
        taken += 2;
    }
    Some((whole, taken))
}

/// The statements of a text that holds several.
pub(super) fn statements(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    tokens.split(|token| *token == Token::SemiColon).filter(|part| !part.is_empty())
}

/// The text with passwords taken out, at most `limit` bytes of it.
pub(super) fn kept(text: &str, limit: usize) -> String {
    static LITERALS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"'(?:[^']|'')*('|$)|(?s)\$(\w*)\$.*?(\$\w*\$|$)").expect("a constant")
    });
    static ROLES: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(password|passwd|(create|alter)\s+(role|user|group|server|subscription))\b|dblink")
            .expect("a constant")
    });
    static ADDRESS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)(\b\w+://[^\s:@/']*:)[^\s@']*@").expect("a constant"));
    let text = ADDRESS.replace_all(text, "$1***@");
    let text = if ROLES.is_match(&text) { LITERALS.replace_all(&text, "'***'") } else { text };
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_owned()
}
