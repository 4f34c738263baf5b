//! What a text of SQL does, read with a SQL parser and without running it.
//!
//! The first words decide the statement; the parsed tree gives the relations and finds changes
//! inside of queries; calls of functions that change something are found among the tokens, so that
//! a statement which the parser does not know is not taken for harmless. What cannot even be taken
//! apart counts as an act.

use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::functions;
use super::text::{self, name, qualified, word};
use super::tree::{self, Tree};
use super::verb::Verb;

/// A longer text is not parsed, in bytes; its words alone decide. What takes the parser longest takes it time by
/// the square of its length, `INSERT INTO a ((((…`: 70 ms here.
const PARSED: usize = 4 << 10;
/// The parser and what walks its tree call themselves for each level of a nested expression. Deepest goes
/// `FROM a JOIN a JOIN a …`, which has no limit of its own: under 64 MiB at [`PARSED`].
const STACK: usize = 128 << 20;
/// Relations that are kept.
const RELATIONS: usize = 32;

/// What a text of SQL does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub verb: Verb,
    /// Tables and views that it names, in the order of their first use.
    pub relations: Vec<String>,
    /// What is acted on: a table, a role, a setting.
    pub target: String,
    pub detail: String,
    /// Whether it holds several statements.
    pub several: bool,
}

/// Reads a text. On a thread of its own, since a stranger decides how deep it is nested; a parser
/// that gives up on it altogether leaves it not understood.
pub fn read(sql: &str) -> Reading {
    let reading = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK);
        thread.spawn_scoped(scope, || here(sql)).ok()?.join().ok()
    });
    reading.unwrap_or_else(|| Reading::of(Verb::Unknown))
}

fn here(sql: &str) -> Reading {
    let Some(tokens) = text::tokens(sql) else { return Reading::of(Verb::Unknown) };
    let parse = sql.len() <= PARSED;
    let mut whole = Reading::of(Verb::Nothing);
    for (index, part) in text::statements(&tokens).enumerate() {
        let mut reading = statement(part, parse);
        whole.several = index > 0;
        for relation in reading.relations.drain(..) {
            if whole.relations.len() < RELATIONS && !whole.relations.contains(&relation) {
                whole.relations.push(relation);
            }
        }
        if reading.verb > whole.verb {
            whole.verb = reading.verb;
            (whole.target, whole.detail) = (reading.target, reading.detail);
        }
    }
    whole
}

// === impl Reading ===

impl Reading {
    fn of(verb: Verb) -> Reading {
        let (target, detail) = (String::new(), String::new());
        Reading { verb, relations: Vec::new(), target, detail, several: false }
    }

    fn on(mut self, target: Option<(String, usize)>) -> Reading {
        self.target = target.map_or(String::new(), |(name, _)| name);
        self
    }
}

/// One statement.
fn statement(tokens: &[Token], parse: bool) -> Reading {
    let first = word(tokens.first());
    let second = word(tokens.get(1));
    match first.as_str() {
        "EXPLAIN" => return explain(tokens, parse),
        "PREPARE" if second != "TRANSACTION" => return Reading::of(Verb::Prepare),
        "SET" | "RESET" | "DISCARD" | "DEALLOCATE" => return setting(tokens, &first, &second),
        "ALTER" if second == "SYSTEM" => return alter_system(tokens),
        _ => {}
    }
    let tree = if parse { parsed(tokens) } else { None };
    let mut reading = Reading::of(by_words(tokens, &first, &second, tree.as_ref()));
    reading.verb = reading.verb.max(called(tokens));
    reading = reading.on(target(tokens, &first));
    reading.relations = match tree {
        Some(tree) => tree.relations,
        None => after_words(tokens),
    };
    if reading.target.is_empty() && reading.verb.acts() {
        reading.target = reading.relations.first().cloned().unwrap_or_default();
    }
    reading
}

fn parsed(tokens: &[Token]) -> Option<Tree> {
    let mut parser = Parser::new(&PostgreSqlDialect {}).with_tokens(tokens.to_vec());
    parser.parse_statement().ok().map(|statement| tree::walk(&statement))
}

/// The verb by the first words, and for queries by what is in them.
fn by_words(tokens: &[Token], first: &str, second: &str, tree: Option<&Tree>) -> Verb {
    match first {
        "SELECT" | "WITH" | "VALUES" | "TABLE" | "DECLARE" => query(tokens, tree),
        "" if tokens.first() == Some(&Token::LParen) => query(tokens, tree),
        "FETCH" | "MOVE" | "CLOSE" => Verb::Select,
        "SHOW" => Verb::Show,
        "COPY" => copy(tokens),
        "LISTEN" | "UNLISTEN" => Verb::Listen,
        "NOTIFY" => Verb::Notify,
        "BEGIN" | "START" | "SAVEPOINT" | "RELEASE" | "END" | "ABORT" => Verb::Transaction,
        "COMMIT" | "ROLLBACK" if second != "PREPARED" => Verb::Transaction,
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "TRUNCATE" => Verb::Dml,
        "LOCK" => Verb::Lock,
        "VACUUM" => Verb::Vacuum,
        "ANALYZE" | "ANALYSE" => Verb::Analyze,
        "REINDEX" => Verb::Reindex,
        "CHECKPOINT" => Verb::Checkpoint,
        "DO" => Verb::Do,
        "CALL" => Verb::Call,
        "GRANT" | "REVOKE" | "REASSIGN" => Verb::Grant,
        "CREATE" | "ALTER" | "DROP" => definition(tokens, first, second),
        "COMMENT" | "SECURITY" | "REFRESH" | "CLUSTER" | "IMPORT" => Verb::Ddl,
        _ => Verb::Unknown,
    }
}

/// Without a tree every word that could change something counts.
fn query(tokens: &[Token], tree: Option<&Tree>) -> Verb {
    if let Some(tree) = tree {
        return tree.verb;
    }
    let locks = |pair: &[Token]| {
        let (first, second) = (word(pair.first()), word(pair.get(1)));
        // `FOR UPDATE`, `FOR NO KEY UPDATE`, `FOR SHARE`, `FOR KEY SHARE`.
        matches!(first.as_str(), "FOR" | "KEY") && matches!(second.as_str(), "UPDATE" | "SHARE")
    };
    let changes = |(at, token): (usize, &Token)| {
        let is_lock = at > 0 && locks(&tokens[at - 1..=at]);
        let word = word(Some(token));
        !is_lock && matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE" | "MERGE" | "INTO")
    };
    if tokens.iter().enumerate().any(changes) {
        Verb::Dml
    } else if tokens.windows(2).any(locks) {
        Verb::Lock
    } else {
        Verb::Select
    }
}

/// The strongest function that is called.
fn called(tokens: &[Token]) -> Verb {
    let calls = tokens.windows(2).filter(|pair| pair[1] == Token::LParen);
    let names = calls.filter_map(|pair| name(pair.first()));
    names.filter_map(|name| functions::effect(&name)).max().unwrap_or(Verb::Nothing)
}

fn explain(tokens: &[Token], parse: bool) -> Reading {
    let (analyzed, rest) = options(&tokens[1..]);
    let mut reading = statement(rest, parse);
    // A plan changes nothing, whatever it is for.
    if !analyzed || !reading.verb.acts() {
        reading.verb = Verb::Explain;
        reading.target = String::new();
    }
    reading
}

/// Whether the statement is run, and the statement.
fn options(tokens: &[Token]) -> (bool, &[Token]) {
    // `EXPLAIN (SELECT 1)` is a query in parentheses, `EXPLAIN (ANALYZE)` an option.
    let is_query = matches!(word(tokens.get(1)).as_str(), "SELECT" | "WITH" | "VALUES" | "TABLE");
    if tokens.first() == Some(&Token::LParen) && !is_query && tokens.get(1) != Some(&Token::LParen)
    {
        let end =
            tokens.iter().position(|token| *token == Token::RParen).unwrap_or(tokens.len() - 1);
        let (options, rest) = tokens.split_at(end + 1);
        let mut listed = options.split(|token| matches!(token, Token::Comma | Token::LParen));
        let on = |option: &[Token]| {
            let off = matches!(word(option.get(1)).as_str(), "FALSE" | "OFF")
                || matches!(option.get(1), Some(Token::Number(zero, _)) if zero == "0")
                || matches!(option.get(1), Some(Token::SingleQuotedString(off)) if off == "off");
            name(option.first()).is_some_and(|it| it == "analyze" || it == "analyse") && !off
        };
        return (listed.any(on), rest);
    }
    let mut rest = tokens;
    let mut analyzed = false;
    while let word @ ("ANALYZE" | "ANALYSE" | "VERBOSE") = word(rest.first()).as_str() {
        analyzed |= word != "VERBOSE";
        rest = &rest[1..];
    }
    (analyzed, rest)
}

fn setting(tokens: &[Token], first: &str, second: &str) -> Reading {
    if first != "SET" || matches!(second, "TRANSACTION" | "CONSTRAINTS") {
        return Reading::of(if first == "SET" { Verb::Transaction } else { Verb::Set });
    }
    let skip = if matches!(second, "SESSION" | "LOCAL") { 2 } else { 1 };
    let mut reading = Reading::of(Verb::Set).on(qualified(tokens.get(skip..).unwrap_or_default()));
    reading.detail = pair(&tokens[skip.min(tokens.len())..]);
    // The value may call nothing, but a query in it would be one.
    reading.verb = reading.verb.max(called(tokens));
    reading
}

fn alter_system(tokens: &[Token]) -> Reading {
    let rest = tokens.get(3..).unwrap_or_default();
    let mut reading = Reading::of(Verb::AlterSystem).on(qualified(rest));
    reading.detail = pair(rest);
    reading
}

/// `work_mem = '8MB'` as `work_mem=8MB`.
fn pair(tokens: &[Token]) -> String {
    let Some((key, taken)) = qualified(tokens) else { return String::new() };
    let value = |token: &Token| {
        let Token::SingleQuotedString(text) = token else { return token.to_string() };
        text.clone()
    };
    let mut values = tokens[taken..].iter().peekable();
    values.next_if(|token| **token == Token::Eq || word(Some(token)) == "TO");
    let text = values.map(value).collect::<Vec<_>>().join("");
    if text.is_empty() { key } else { format!("{key}={text}") }
}

fn copy(tokens: &[Token]) -> Verb {
    let mut depth = 0_i32;
    for (at, token) in tokens.iter().enumerate() {
        depth += i32::from(*token == Token::LParen) - i32::from(*token == Token::RParen);
        let way = if depth > 0 { String::new() } else { word(Some(token)) };
        match (way.as_str(), word(tokens.get(at + 1)).as_str()) {
            ("TO", "STDOUT") => return inside(tokens).max(Verb::CopyOut),
            ("FROM", "STDIN") => return Verb::Dml,
            ("TO" | "FROM", _) => return Verb::File,
            (_, _) => {}
        }
    }
    Verb::Unknown
}

/// What the query of `COPY (query) TO STDOUT` does.
fn inside(tokens: &[Token]) -> Verb {
    let changes = |token: &Token| {
        matches!(word(Some(token)).as_str(), "INSERT" | "UPDATE" | "DELETE" | "MERGE")
    };
    let is_query = tokens.get(1) == Some(&Token::LParen);
    if is_query && tokens.iter().any(changes) { Verb::Dml } else { Verb::Nothing }
}

fn definition(tokens: &[Token], first: &str, second: &str) -> Verb {
    let third = word(tokens.get(2));
    match (first, second) {
        ("CREATE", "INDEX") => Verb::CreateIndex,
        ("CREATE", "UNIQUE") if third == "INDEX" => Verb::CreateIndex,
        ("DROP", "INDEX") => Verb::DropIndex,
        (_, "ROLE" | "USER" | "GROUP") => Verb::AlterRole,
        ("ALTER", "DATABASE") => Verb::AlterRole,
        _ => Verb::Ddl,
    }
}

/// What a statement is about, by its place after the words that come before it.
fn target(tokens: &[Token], first: &str) -> Option<(String, usize)> {
    const FILLING: [&str; 12] = [
        "TABLE",
        "ONLY",
        "INTO",
        "FROM",
        "IF",
        "EXISTS",
        "CONCURRENTLY",
        "VERBOSE",
        "FULL",
        "NOT",
        "ROLE",
        "USER",
    ];
    let skip = |from: usize| {
        let rest = tokens.get(from..).unwrap_or_default();
        let filling = rest.iter().take_while(|token| FILLING.contains(&word(Some(token)).as_str()));
        qualified(&rest[filling.count()..])
    };
    let after = |wanted: &str| tokens.iter().position(|token| word(Some(token)) == wanted);
    match (first, word(tokens.get(1)).as_str()) {
        ("CREATE", "INDEX" | "UNIQUE") => skip(after("ON")? + 1),
        ("DROP" | "ALTER", _) => skip(2),
        ("CREATE", "ROLE" | "USER" | "GROUP") => skip(2),
        ("REINDEX", _) => qualified(tokens.get(2..).unwrap_or_default()),
        ("LOCK" | "TRUNCATE" | "INSERT" | "UPDATE" | "DELETE" | "VACUUM" | "ANALYZE", _) => {
            let options = tokens.get(1) == Some(&Token::LParen);
            let end = tokens.iter().position(|token| *token == Token::RParen);
            skip(if options { end? + 1 } else { 1 })
        }
        _ => None,
    }
}

/// Relations of a statement that has no tree: the names after `FROM`, `JOIN`, `INTO` and `UPDATE`.
fn after_words(tokens: &[Token]) -> Vec<String> {
    let named = |(at, token): (usize, &Token)| {
        let before = matches!(word(Some(token)).as_str(), "FROM" | "JOIN" | "INTO" | "UPDATE");
        let (name, taken) = before.then(|| qualified(&tokens[at + 1..])).flatten()?;
        (tokens.get(at + 1 + taken) != Some(&Token::LParen)).then_some(name)
    };
    tokens.iter().enumerate().filter_map(named).collect()
}
