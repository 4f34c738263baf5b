//! What is ours and no longer wanted: a session's containers and network, our images.
//!
//! Everything is found by label, never by name, so that nothing else is ever touched.
//!
//! An engine may lose count of a network's endpoints when several come and go at once, and then refuses
//! to remove a network that nothing is attached to, until it is restarted (moby/moby#42119; seen with
//! 20.10 about once in two hundred labs). Such a network is empty and does nothing: it is named in
//! [`Removed::miscounted`], and is no error.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use bollard::errors::Error;
use bollard::models::{ContainerSummaryNetworkSettings, ImageSummary};
use bollard::query_parameters::{
    InspectNetworkOptions, ListContainersOptionsBuilder, ListImagesOptionsBuilder,
    ListNetworksOptionsBuilder, RemoveContainerOptionsBuilder, RemoveImageOptions,
    WaitContainerOptionsBuilder,
};
use futures::StreamExt;
use futures::future::join_all;
use serde::Serialize;

use crate::boxed;
use crate::detach::{self, Place};
use crate::{Engine, Owner, Refusal, label};

/// Something that appears while we remove, or that somebody else is just removing, is found in the next round; after so
/// long we give up. A busy engine still creates for seconds what somebody who was killed had asked it for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two rounds that have both found something.
const PAUSE: Duration = Duration::from_millis(100);

/// A creation that is under way has come to its end in so many times what a look takes: on a busy engine both are
/// slow. Usual is three to five.
const LOOKS: u32 = 20;
/// No engine is watched for longer because it was slow: a single look may have hung.
const LONGEST: Duration = Duration::from_secs(30);

/// What was removed, by its name on the engine, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// The sessions that these belonged to.
    pub sessions: BTreeSet<String>,
    pub containers: BTreeSet<String>,
    pub networks: BTreeSet<String>,
    pub images: BTreeSet<String>,
    /// Networks that are empty and that the engine does not let go of before it is restarted.
    pub miscounted: BTreeSet<String>,
}

impl Removed {
    /// Whether there was nothing that could be removed.
    pub fn is_empty(&self) -> bool {
        self.containers.is_empty() && self.networks.is_empty() && self.images.is_empty()
    }

    /// Takes in what was removed at another time.
    pub fn add(&mut self, other: Removed) {
        let Removed { sessions, containers, networks, images, miscounted } = other;
        self.sessions.extend(sessions);
        self.containers.extend(containers);
        self.networks.extend(networks);
        self.images.extend(images);
        self.miscounted.extend(miscounted);
    }
}

/// Why something could not be removed.
#[derive(Debug, thiserror::Error)]
pub enum CleanError {
    #[error("could not ask the engine what there is")]
    List(#[source] Refusal),
    #[error("could not remove {what} `{name}`; it is still there")]
    Remove {
        what: &'static str,
        name: String,
        #[source]
        source: Refusal,
    },
    #[error("session `{session}` is still not gone; run `checkride clean` again")]
    Stays { session: String },
    #[error(
        "no image was removed: session `{session}` has containers on this engine, and a rollback there may need any \
         image; end it first"
    )]
    ImagesNeeded { session: String },
}

/// An API filter by label.
type Filter = HashMap<String, Vec<String>>;

/// Whose leftovers are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach<'a> {
    /// Those of one home, by its id. What other homes run on the same engine is not even looked at.
    Home(&'a str),
    /// Those of every home, also of homes that still run theirs: nobody can tell from here.
    Engine,
}

/// Removes all containers and the network of one session.
///
/// First waits for what this process is just creating for anybody: a creation whose caller was
/// dropped (by Ctrl-C, say) is carried out by the engine all the same.
///
/// # Errors
/// When the engine does not answer or something cannot be removed; the rest is removed even so.
#[boxed]
pub async fn session(engine: &Engine, owner: &Owner) -> Result<Removed, CleanError> {
    all_of(engine, &owner.filter(), &owner.session).await
}

async fn all_of(engine: &Engine, filter: &Filter, session: &str) -> Result<Removed, CleanError> {
    let (begun, mut removed) = (Instant::now(), Removed::default());
    loop {
        engine.quiet().await;
        let mut found = find(engine, filter).await.map_err(CleanError::List)?;
        found.retain(|thing| !removed.miscounted.contains(&thing.name));
        if found.is_empty() {
            return Ok(removed);
        }
        // Asked only now: beside many others the first round alone may take longer.
        if begun.elapsed() > PATIENCE {
            return Err(CleanError::Stays { session: session.to_owned() });
        }
        if !removed.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
        remove_all(engine, found, &mut removed).await?;
    }
}

/// Removes what sessions left behind that nobody runs any more. `is_live` is asked for each session
/// that is found.
///
/// # Errors
/// As [`session`], of the first that could not be removed; all are tried.
#[boxed]
pub async fn orphans(
    engine: &Engine,
    reach: &Reach<'_>,
    is_live: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Removed, CleanError> {
    let filter = match reach {
        Reach::Home(home) => label::filter(label::HOME, Some(home)),
        Reach::Engine => label::filter(label::SESSION, None),
    };
    let found = find(engine, &filter).await.map_err(CleanError::List)?;
    let sessions: BTreeMap<String, Filter> =
        found.into_iter().map(|thing| (thing.session.clone(), filter_of(thing))).collect();
    let (mut removed, mut failed) = (Removed::default(), None);
    for (name, filter) in sessions.into_iter().filter(|(name, _)| !is_live(name)) {
        match all_of(engine, &filter, &name).await {
            Ok(gone) => removed.add(gone),
            // One that cannot be removed keeps no other. The next call tells of those behind the first.
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(removed), Err)
}

/// Looks every `pause` until nothing has been found for `quiet`, longer on an engine that is slow to answer: it may
/// still be carrying out what somebody who was killed had asked for last. `look` says whether it found anything; its
/// error ends the looking.
///
/// # Errors
/// Those of `look`.
pub async fn until_quiet<E>(
    quiet: Duration,
    pause: Duration,
    mut look: impl AsyncFnMut() -> Result<bool, E>,
) -> Result<(), E> {
    let (mut since, mut slowest) = (Instant::now(), Duration::ZERO);
    while since.elapsed() < quiet_on(quiet, slowest) {
        let begun = Instant::now();
        let found = look().await?;
        match found {
            true => since = Instant::now(),
            // A look that finds nothing only asks.
            false => slowest = slowest.max(begun.elapsed()),
        }
        tokio::time::sleep(pause).await;
    }
    Ok(())
}

/// How long nothing has to be found on an engine whose slowest look took so long.
fn quiet_on(usual: Duration, slowest: Duration) -> Duration {
    usual.max(slowest.saturating_mul(LOOKS).min(LONGEST))
}

/// What finds everything of the session that `thing` is of. What was made before there were homes
/// bears no label of one.
fn filter_of(thing: Found) -> Filter {
    match thing.home {
        Some(home) => Owner { home, session: thing.session }.filter(),
        None => label::filter(label::SESSION, Some(&thing.session)),
    }
}

/// A session that has containers on the engine, of whatever home.
///
/// # Errors
/// When the engine does not answer.
pub(crate) async fn any_session(engine: &Engine) -> Result<Option<String>, CleanError> {
    let found = find(engine, &label::filter(label::SESSION, None)).await;
    let found = found.map_err(CleanError::List)?;
    let container = found.into_iter().find(|thing| thing.kind == Kind::Container);
    Ok(container.map(|thing| thing.session))
}

/// Removes the images that we built, where no session is: one that runs starts others than those it uses now.
///
/// # Errors
/// When the engine does not answer, or [`CleanError::ImagesNeeded`].
#[boxed]
pub async fn images(engine: &Engine) -> Result<Removed, CleanError> {
    if let Some(session) = any_session(engine).await? {
        return Err(CleanError::ImagesNeeded { session });
    }
    let options = ListImagesOptionsBuilder::new().filters(&label::filter(label::IMAGE, None));
    let list = engine.docker().list_images(Some(options.build())).await;
    let list = list.map_err(|error| CleanError::List(error.into()))?;
    let mut removed = Removed::default();
    for image in list {
        for name in names_of(image) {
            if image_unless_used(engine, &name).await? {
                removed.images.insert(name);
            }
        }
    }
    Ok(removed)
}

/// The names of an image, or its id where it has none, which older engines write as a name.
fn names_of(image: ImageSummary) -> Vec<String> {
    let mut names = image.repo_tags;
    names.retain(|name| name != "<none>:<none>");
    if names.is_empty() { vec![image.id] } else { names }
}

/// Removes an image by name; `false` when something uses it or builds on it.
pub(crate) async fn image_unless_used(engine: &Engine, name: &str) -> Result<bool, CleanError> {
    let answer = engine.docker().remove_image(name, None::<RemoveImageOptions>, None).await;
    match answer.map_err(Refusal::from) {
        Ok(_) => Ok(true),
        Err(refusal) if refusal.is_conflict() || refusal.is_not_found() => Ok(false),
        Err(source) => Err(CleanError::Remove { what: "image", name: name.to_owned(), source }),
    }
}

/// Removes a container and its anonymous volumes, running or not. One that is gone is no error;
/// one that is being removed by somebody else is waited for.
pub(crate) async fn container(engine: &Engine, id: &str) -> Result<(), Refusal> {
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    match engine.docker().remove_container(id, Some(options)).await.map_err(Refusal::from) {
        Ok(()) => Ok(()),
        Err(refusal) if refusal.is_not_found() => Ok(()),
        Err(refusal) if refusal.is_conflict() => gone(engine, id).await,
        Err(refusal) => Err(refusal),
    }
}

async fn gone(engine: &Engine, id: &str) -> Result<(), Refusal> {
    let options = WaitContainerOptionsBuilder::new().condition("removed").build();
    match Box::pin(engine.docker().wait_container(id, Some(options))).next().await {
        // The library makes an error of an exit code that is not 0.
        None | Some(Ok(_) | Err(Error::DockerContainerWaitError { .. })) => Ok(()),
        Some(Err(error)) => match Refusal::from(error) {
            refusal if refusal.is_not_found() => Ok(()),
            refusal => Err(refusal),
        },
    }
}

/// A container or a network with our label.
struct Found {
    kind: Kind,
    id: String,
    name: String,
    session: String,
    home: Option<String>,
    /// Where a container that runs is attached.
    places: Vec<Place>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Container,
    Network,
}

async fn find(engine: &Engine, filter: &Filter) -> Result<Vec<Found>, Refusal> {
    let containers = ListContainersOptionsBuilder::new().all(true).filters(filter).build();
    let networks = ListNetworksOptionsBuilder::new().filters(filter).build();
    let docker = engine.docker();
    let (containers, networks) = tokio::try_join!(
        docker.list_containers(Some(containers)),
        docker.list_networks(Some(networks))
    )?;
    let containers = containers.into_iter().filter_map(|it| {
        let name = it.names.unwrap_or_default().pop().unwrap_or_default();
        let name = name.trim_start_matches('/').to_owned();
        let (session, home) = owner(it.labels)?;
        let id = it.id?;
        let places = places(&id, it.network_settings);
        Some(Found { kind: Kind::Container, id, name, session, home, places })
    });
    let networks = networks.into_iter().filter_map(|it| {
        let (session, home) = owner(it.labels)?;
        let (id, name) = (it.id?, it.name?);
        Some(Found { kind: Kind::Network, id, name, session, home, places: Vec::new() })
    });
    Ok(containers.chain(networks).collect())
}

/// A container that does not run has networks too, but no endpoint in them.
fn places(container: &str, settings: Option<ContainerSummaryNetworkSettings>) -> Vec<Place> {
    let networks = settings.and_then(|it| it.networks).unwrap_or_default();
    let attached = networks
        .into_values()
        .filter(|it| it.endpoint_id.as_deref().is_some_and(|id| !id.is_empty()));
    let ids = attached.filter_map(|it| it.network_id);
    ids.map(|network| Place { network, container: container.to_owned() }).collect()
}

/// The session, and the home if there is a label of one.
fn owner(labels: Option<HashMap<String, String>>) -> Option<(String, Option<String>)> {
    let mut labels = labels?;
    Some((labels.remove(label::SESSION)?, labels.remove(label::HOME)))
}

/// Containers at once, after they have left their networks one after another; then the networks, which are not
/// empty before. Tries all of them and gives the first error.
async fn remove_all(
    engine: &Engine,
    found: Vec<Found>,
    removed: &mut Removed,
) -> Result<(), CleanError> {
    let (containers, networks): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|thing| thing.kind == Kind::Container);
    detach::all(engine, containers.iter().flat_map(|it| it.places.iter().cloned())).await;
    let mut first = Ok(());
    for things in [containers, networks] {
        let gone = join_all(things.into_iter().map(|thing| remove(engine, thing))).await;
        for thing in gone {
            match thing {
                Ok((thing, Gone::Yes)) => note(removed, thing),
                Ok((thing, Gone::Miscounted)) => drop(removed.miscounted.insert(thing.name)),
                Err(error) => first = first.and(Err(error)),
            }
        }
    }
    first
}

/// What has become of something.
enum Gone {
    Yes,
    /// See [`Removed::miscounted`].
    Miscounted,
}

async fn remove(engine: &Engine, thing: Found) -> Result<(Found, Gone), CleanError> {
    let (what, result) = match thing.kind {
        Kind::Container => ("container", container(engine, &thing.id).await.map(|()| Gone::Yes)),
        Kind::Network => ("network", network(engine, &thing.id).await),
    };
    match result {
        Ok(gone) => Ok((thing, gone)),
        Err(source) => Err(CleanError::Remove { what, name: thing.name, source }),
    }
}

async fn network(engine: &Engine, id: &str) -> Result<Gone, Refusal> {
    match engine.docker().remove_network(id).await.map_err(Refusal::from) {
        Ok(()) => Ok(Gone::Yes),
        Err(refusal) if refusal.is_not_found() => Ok(Gone::Yes),
        Err(refusal) if refusal.said().contains("has active endpoints") => {
            match empty(engine, id).await? {
                true => Ok(Gone::Miscounted),
                false => Err(refusal),
            }
        }
        Err(refusal) => Err(refusal),
    }
}

/// Whether the engine itself names nothing that is attached to the network.
async fn empty(engine: &Engine, id: &str) -> Result<bool, Refusal> {
    let network = engine.docker().inspect_network(id, None::<InspectNetworkOptions>).await?;
    Ok(network.containers.unwrap_or_default().is_empty())
}

fn note(removed: &mut Removed, thing: Found) {
    removed.sessions.insert(thing.session);
    match thing.kind {
        Kind::Container => removed.containers.insert(thing.name),
        Kind::Network => removed.networks.insert(thing.name),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_slow_engine_creates_late_is_still_found() {
        let (quiet, pause) = (Duration::from_millis(1), Duration::from_millis(1));
        let (mut looks, mut found) = (0, 0);
        let look = async || {
            tokio::time::sleep(Duration::from_millis(10)).await;
            looks += 1;
            let any = looks == 9;
            found += u32::from(any);
            Ok::<_, std::convert::Infallible>(any)
        };
        until_quiet(quiet, pause, look).await.unwrap();
        assert_eq!(found, 1, "after {looks} looks");
        assert!(looks > 18, "it looked {looks} times");
    }

    #[tokio::test]
    async fn nothing_at_all_is_looked_for_as_long_as_was_asked() {
        let begun = Instant::now();
        let look = async || Ok::<_, &str>(false);
        until_quiet(Duration::from_millis(50), Duration::from_millis(1), look).await.unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(50));
        let broken = async || Err::<bool, _>("the engine is gone");
        let answer = until_quiet(Duration::from_millis(50), Duration::from_millis(1), broken).await;
        assert_eq!(answer, Err("the engine is gone"));
    }

    #[test]
    fn an_engine_that_hung_once_is_not_watched_for_minutes() {
        let seconds = Duration::from_secs;
        assert_eq!(quiet_on(seconds(3), Duration::from_millis(20)), seconds(3));
        assert_eq!(quiet_on(seconds(3), Duration::from_millis(300)), seconds(6));
        assert_eq!(quiet_on(seconds(3), seconds(60)), seconds(30));
    }
}
