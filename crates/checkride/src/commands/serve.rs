//! `checkride serve`: several interviews at once behind one port, started in the browser by whoever
//! runs the server. What one of them does is [`super::hosted`]'s.

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use serde::Serialize;
use testbed::Engine;
use tokio_util::sync::CancellationToken;

use super::hosted::House;
use super::{earlier, grafana, port};
use crate::cli::Serve;
use crate::exit::Code;
use crate::progress::Show;
use crate::{places, print, signals};

/// Memory that one session is reckoned to need under load (1 GiB).
const SESSION: u64 = 1 << 30;
/// Where the engine does not say how much memory it has.
const FEW: usize = 4;
/// Sessions that a core carries: one takes a tenth of it with ordinary traffic. Twenty on two cores came up and were
/// live at once (`make bench`, `live_at_once`).
const PER_CORE: f64 = 10.0;

/// What is printed for a program.
#[derive(Serialize)]
struct Ready<'a> {
    operator_url: &'a str,
}

pub(super) async fn run(labs: Option<&Path>, args: &Serve) -> Result<Code> {
    let labs = places::labs(labs)?;
    let engine = Engine::connect().await?;
    let home = places::home()?;
    let most = args.sessions.map_or_else(|| room(&engine), |most| most as usize);
    let show = Show::new();
    let image = grafana::fetch(&engine, &args.grafana, &show).await?;
    show.clear();
    let bound = port::bind(&args.port, most).await?;
    let stop = signals::stop()?;
    earlier::close_before_start(&engine, &home).await;
    let host = bound.host();
    let house = House::new(engine, home.clone(), labs, image, stop.clone());
    let link = host.operate(Arc::new(house.clone()), home);
    let served = CancellationToken::new();
    let serving = tokio::spawn(bound.serve(served.clone()));
    tell(&link, most, args.json.json);
    let again = move || host.new_operator_link().map(|link| format!("operator  {link}"));
    let links = tokio::spawn(signals::new_links(again));
    stop.cancelled().await;
    links.abort();
    house.empty().await;
    served.cancel();
    serving.await??;
    Ok(Code::Ok)
}

/// How many sessions the engine has memory and cores for.
fn room(engine: &Engine) -> usize {
    let fits = engine.memory().map(|bytes| usize::try_from(bytes / SESSION).unwrap_or(FEW));
    let carried = (engine.cpus() * PER_CORE) as usize;
    fits.unwrap_or(FEW).min(carried).max(1)
}

fn tell(link: &str, most: usize, json: bool) {
    if json {
        // A text alone: there is a JSON form of it.
        let _ = print::json(&Ready { operator_url: link });
        return;
    }
    print::out(&format!("operator  {link}"));
    print::note(&format!(
        "\nThe link works once. Up to {most} sessions at once (--sessions). Ctrl-C ends them all in \
         order; the signal USR1 prints a new link."
    ));
}
