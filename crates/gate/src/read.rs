//! From a request to a [`Call`], or to the reason why it is none.

use crate::allowed::{self, Route};
use crate::call::{Call, Change, Ending, Logs, Stats};
use crate::filters::Filters;
use crate::query::Query;
use crate::{Refusal, Target, body, ps};

/// A container's name or id is no longer, in bytes.
const REFERENCE: usize = 128;

/// A request as it came.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST`, ….
    pub method: &'a str,
    /// The request target, all of it.
    pub target: &'a str,
    /// Whole, and of bounded length.
    pub body: &'a [u8],
}

/// Reads a request.
///
/// # Errors
/// 400 for what no Docker client sends, 403 for what is not on the list of [`allowed`].
pub fn read(request: Request<'_>) -> Result<(Target, Call), Refusal> {
    let target = Target::parse(request.target)?;
    let (route, name) = allowed::find(request.method, &target.segments)?;
    let name = name.unwrap_or_default().to_owned();
    if name.len() > REFERENCE {
        return Err(Refusal::malformed("the name is too long"));
    }
    let takes_body = matches!(route, Route::ExecCreate | Route::ExecStart | Route::Update);
    if !takes_body && !is_empty(request.body) {
        return Err(Refusal::malformed("this call takes no body"));
    }
    let mut query = Query::new(target.query.clone());
    let call = call(route, name, &mut query, request.body)?;
    query.end()?;
    Ok((target, call))
}

/// Some clients send the JSON of nothing.
fn is_empty(body: &[u8]) -> bool {
    matches!(body.trim_ascii(), b"" | b"{}" | b"null")
}

fn call(route: Route, name: String, query: &mut Query, body: &[u8]) -> Result<Call, Refusal> {
    let change = |container, change| Call::Change { container, change };
    Ok(match route {
        Route::Ping => Call::Ping,
        Route::Version => Call::Version,
        Route::Info => Call::Info,
        Route::List => list(query)?,
        Route::Inspect => {
            // Sizes on disk take the engine long and are of no use here.
            query.flag("size")?;
            Call::Inspect { container: name }
        }
        Route::Logs => Call::Logs { container: name, logs: logs(query)? },
        Route::Stats => {
            let stream = query.flag_or("stream", true)?;
            let one_shot = query.flag("one-shot")?;
            Call::Stats { container: name, stats: Stats { stream, one_shot } }
        }
        Route::Top => Call::Top { container: name, ps_args: ps_args(query)? },
        Route::Events => events(query)?,
        Route::Wait => Call::Wait { container: name, condition: condition(query)? },
        Route::Start => change(name, Change::Start),
        Route::Stop => change(name, Change::Stop(ending(query)?)),
        Route::Restart => change(name, Change::Restart(ending(query)?)),
        Route::Kill => change(name, Change::Kill(query.signal("signal")?)),
        Route::Pause => change(name, Change::Pause),
        Route::Unpause => change(name, Change::Unpause),
        Route::Update => change(name, Change::Update(body::limits(body)?)),
        Route::ExecCreate => Call::ExecCreate { container: name, exec: body::exec(body)? },
        Route::ExecStart => Call::ExecStart { exec: name, start: body::start(body)? },
        Route::ExecInspect => Call::ExecInspect { exec: name },
        Route::ExecResize => {
            let (rows, columns) = (side(query, "h")?, side(query, "w")?);
            Call::ExecResize { exec: name, rows, columns }
        }
    })
}

fn list(query: &mut Query) -> Result<Call, Refusal> {
    const KNOWN: [&str; 5] = ["name", "id", "status", "exited", "ancestor"];
    let all = query.flag("all")?;
    let limit = query.number("limit")?.filter(|limit| *limit > 0);
    query.flag("size")?;
    let filters = Filters::parse(query.text("filters").as_deref(), &KNOWN)?;
    Ok(Call::List { all, limit, filters })
}

fn events(query: &mut Query) -> Result<Call, Refusal> {
    const KNOWN: [&str; 4] = ["container", "event", "type", "image"];
    let (since, until) = (query.time("since")?, query.time("until")?);
    let filters = Filters::parse(query.text("filters").as_deref(), &KNOWN)?;
    Ok(Call::Events { since, until, filters })
}

fn logs(query: &mut Query) -> Result<Logs, Refusal> {
    let tail = match query.text("tail").as_deref() {
        None | Some("all" | "-1") => None,
        Some(text) => {
            let plain = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
            let lines = text.parse().ok().filter(|_| plain);
            Some(lines.ok_or_else(|| Refusal::malformed("`tail` has an odd value"))?)
        }
    };
    // What the driver was told beside the lines is about the lab, not about the service.
    query.flag("details")?;
    let logs = Logs {
        follow: query.flag("follow")?,
        stdout: query.flag("stdout")?,
        stderr: query.flag("stderr")?,
        timestamps: query.flag("timestamps")?,
        since: query.time("since")?.filter(|since| since != "0"),
        until: query.time("until")?.filter(|until| until != "0"),
        tail,
    };
    if !logs.stdout && !logs.stderr {
        return Err(Refusal::malformed("you must choose at least one stream"));
    }
    Ok(logs)
}

/// The engine runs `ps` on its own machine, so only plain options pass.
fn ps_args(query: &mut Query) -> Result<Option<String>, Refusal> {
    let given = query.matching("ps_args", 128, |byte| matches!(byte, b' '..=b'~'))?;
    given.map(|given| ps::checked(&given)).transpose()
}

fn condition(query: &mut Query) -> Result<Option<String>, Refusal> {
    match query.text("condition") {
        None => Ok(None),
        Some(it) if matches!(it.as_str(), "not-running" | "next-exit") => Ok(Some(it)),
        Some(_) => Err(Refusal::malformed("`condition` has an odd value")),
    }
}

fn ending(query: &mut Query) -> Result<Ending, Refusal> {
    /// Longer than anybody waits; the engine would hold the call open all the while.
    const LONGEST: u32 = 300;
    let within_s = query.number("t")?;
    if within_s.is_some_and(|seconds| seconds > LONGEST) {
        return Err(Refusal::forbidden(format!("at most {LONGEST} s can be waited here")));
    }
    Ok(Ending { within_s, signal: query.signal("signal")? })
}

fn side(query: &mut Query, key: &str) -> Result<u16, Refusal> {
    let side = query.number(key)?.and_then(|side| u16::try_from(side).ok());
    side.ok_or_else(|| Refusal::malformed(format!("`{key}` has an odd value")))
}
