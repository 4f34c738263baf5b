//! Deploy, rollback, config, scale and restart: every one replaces replicas one after the other
//! and waits until each takes traffic before it goes on, as a careful pipeline does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use lab::lab::{Deployment, Setting};

use super::history::Change;
use super::{Act, Control, ControlError, Replica, Running, State, unknown, versions};
use crate::boxed;

/// A replica that takes no traffic by then is reported.
const READY_WITHIN: Duration = Duration::from_secs(10);
/// Between two looks at a replica that is starting.
const READY_POLL: Duration = Duration::from_millis(25);

impl Control {
    /// Rolls a deployment to a release.
    ///
    /// # Errors
    /// When the deployment or the release is unknown or runs already, or a replica does not start.
    #[boxed]
    pub async fn deploy(
        &self,
        deployment: &str,
        release: &str,
        by: &str,
        note: &str,
    ) -> Result<Act, ControlError> {
        self.change_release(deployment, Some(release), "deploy", by, note).await
    }

    /// Rolls a deployment back to the release that ran before.
    ///
    /// # Errors
    /// As [`Self::deploy`], and when nothing ran before.
    #[boxed]
    pub async fn rollback(&self, deployment: &str, by: &str) -> Result<Act, ControlError> {
        self.change_release(deployment, None, "rollback", by, "").await
    }

    /// The release that a rollback would start; not known while a rollout is under way.
    pub fn goes_back_to(&self, deployment: &str) -> Option<String> {
        let state = self.state.try_lock().ok()?;
        state.get(deployment)?.previous.clone()
    }

    async fn change_release(
        &self,
        name: &str,
        release: Option<&str>,
        verb: &'static str,
        by: &str,
        note: &str,
    ) -> Result<Act, ControlError> {
        let deployment = self.deployment(name)?;
        let mut state = self.lock().await;
        let running = running(&mut state, name)?;
        let release = match (release, &running.previous) {
            (Some(release), _) => release.to_owned(),
            (None, Some(previous)) => previous.clone(),
            (None, None) => {
                return Err(ControlError::NothingBefore { deployment: name.to_owned() });
            }
        };
        let known = versions(deployment);
        if !known.contains(&release) {
            return Err(unknown("release", &release, known.iter()));
        }
        // After a rollout that ended half-way some replicas may run another one.
        let replicas = running.replicas.values();
        if running.release == release && replicas.clone().all(|it| it.release == release) {
            return Err(ControlError::Already { deployment: name.to_owned(), what: release });
        }
        let before = std::mem::replace(&mut running.release, release.clone());
        self.log(by, verb, name, format!("{before} -> {release}"), note);
        if let Err(error) = self.replace_all(name, deployment, running).await {
            // The same call again goes on: what a rollback goes back to stays what it was.
            running.release = before;
            return Err(error);
        }
        if before != release {
            running.previous = Some(before.clone());
        }
        Ok(Act { verb, target: name.to_owned(), detail: release.clone(), before, after: release })
    }

    /// Changes a setting and replaces the replicas, which read it at their start.
    ///
    /// # Errors
    /// When the setting is unknown, the value is out of its range, or a replica does not start.
    #[boxed]
    pub async fn set_config(
        &self,
        name: &str,
        key: &str,
        value: &str,
        by: &str,
        note: &str,
    ) -> Result<Act, ControlError> {
        let deployment = self.deployment(name)?;
        let setting = deployment
            .config
            .get(key)
            .ok_or_else(|| unknown("setting", key, deployment.config.keys()))?;
        check_value(key, value, setting)?;
        let mut state = self.lock().await;
        let running = running(&mut state, name)?;
        let before = running
            .config
            .insert(key.to_owned(), value.to_owned())
            .unwrap_or_else(|| setting.value.clone());
        self.log(by, "config", name, format!("{key} {before} -> {value}"), note);
        self.replace_all(name, deployment, running).await?;
        Ok(Act {
            verb: "config-set",
            target: name.to_owned(),
            detail: key.to_owned(),
            before,
            after: value.to_owned(),
        })
    }

    /// Adds or removes replicas, the last ones first.
    ///
    /// # Errors
    /// When the number is out of range, the deployment has no replicas, or one does not start.
    #[boxed]
    pub async fn scale(&self, name: &str, count: u32, by: &str) -> Result<Act, ControlError> {
        let deployment = self.deployment(name)?;
        if count == 0 || count > deployment.max_replicas {
            return Err(ControlError::Value {
                key: "replicas".to_owned(),
                value: count.to_string(),
                range: format!("a number from 1 to {}", deployment.max_replicas),
            });
        }
        let mut state = self.lock().await;
        let running = running(&mut state, name)?;
        let before = running.replicas.len();
        let wanted: Vec<String> =
            (1..=count).map(|n| format!("{}-{n}", deployment.service)).collect();
        if running.replicas.keys().eq(wanted.iter().collect::<BTreeSet<_>>()) {
            let what = format!("{count} replicas");
            return Err(ControlError::Already { deployment: name.to_owned(), what });
        }
        self.log(by, "scale", name, format!("{before} -> {count} replicas"), "");
        let extra: Vec<String> =
            running.replicas.keys().filter(|name| !wanted.contains(name)).cloned().collect();
        for replica in extra.into_iter().rev() {
            if self.testbed.has(&replica) {
                self.testbed.remove(&replica).await.map_err(|source| platform(&replica, source))?;
            }
            running.replicas.remove(&replica);
        }
        for replica in wanted {
            if !running.replicas.contains_key(&replica) {
                self.start(&replica, name, deployment, running).await?;
            }
        }
        Ok(Act {
            verb: "scale",
            target: name.to_owned(),
            detail: count.to_string(),
            before: before.to_string(),
            after: count.to_string(),
        })
    }

    /// Restarts one replica, or all replicas of a deployment one after the other.
    ///
    /// # Errors
    /// When there is no such deployment or replica, or it does not start again.
    #[boxed]
    pub async fn restart(&self, name: &str, by: &str) -> Result<Act, ControlError> {
        let mut state = self.lock().await;
        let (owner, replicas) = owner_of(&state, name)?;
        let deployment = self.deployment(&owner)?;
        let oldest = replicas.iter().filter_map(|it| state.get(&owner)?.replicas.get(it));
        let since = oldest.map(|replica| replica.started).min().unwrap_or(Timestamp::MIN);
        self.log(by, "restart", name, "restart".to_owned(), "");
        for replica in &replicas {
            self.check_open()?;
            self.testbed.restart(replica).await.map_err(|source| platform(replica, source))?;
            self.wait_ready(replica, deployment).await?;
            if let Some(entry) =
                state.get_mut(&owner).and_then(|running| running.replicas.get_mut(replica))
            {
                entry.started = Timestamp::now();
            }
        }
        Ok(Act {
            verb: "restart",
            target: name.to_owned(),
            detail: replicas.join(","),
            before: format!("running since {since:.0}"),
            after: format!("running since {:.0}", Timestamp::now()),
        })
    }

    async fn replace_all(
        &self,
        name: &str,
        deployment: &Deployment,
        running: &mut Running,
    ) -> Result<(), ControlError> {
        let replicas: Vec<String> = running.replicas.keys().cloned().collect();
        for replica in replicas {
            self.start(&replica, name, deployment, running).await?;
        }
        Ok(())
    }

    /// Brings one replica up in the wanted release and config, in the place of the one that bears its
    /// name if there is one, and waits until it is ready.
    async fn start(
        &self,
        replica: &str,
        name: &str,
        deployment: &Deployment,
        running: &mut Running,
    ) -> Result<(), ControlError> {
        self.check_open()?;
        let image = self
            .images
            .release(name, &running.release)
            .ok_or_else(|| unknown("release", &running.release, versions(deployment).iter()))?;
        let environment = environment(deployment, &running.config);
        // One that was removed and could not be created again is added anew.
        let done = if self.testbed.has(replica) {
            self.testbed.replace(replica, image, &environment).await
        } else {
            self.testbed.add_replica(&deployment.service, replica, image, &environment).await
        };
        done.map_err(|source| platform(replica, source))?;
        self.logs.follow(&self.testbed, replica);
        let entry = Replica { release: running.release.clone(), started: Timestamp::now() };
        running.replicas.insert(replica.to_owned(), entry);
        self.wait_ready(replica, deployment).await
    }

    async fn wait_ready(&self, replica: &str, deployment: &Deployment) -> Result<(), ControlError> {
        let Some(ready) = &deployment.ready else { return Ok(()) };
        let begun = Instant::now();
        while begun.elapsed() < READY_WITHIN {
            self.check_open()?;
            let answer = self.testbed.link().http_get(replica, ready.port, &ready.path).await;
            // A replica that is starting refuses connections; that is what is waited for.
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            tokio::time::sleep(READY_POLL).await;
        }
        Err(ControlError::NotReady { replica: replica.to_owned(), seconds: READY_WITHIN.as_secs() })
    }

    pub(crate) fn log(&self, by: &str, verb: &str, target: &str, change: String, note: &str) {
        self.note_change(Change {
            at: Timestamp::now(),
            by: by.to_owned(),
            verb: verb.to_owned(),
            target: target.to_owned(),
            change,
            note: note.to_owned(),
        });
    }
}

fn platform(name: &str, source: testbed::TestbedError) -> ControlError {
    ControlError::Platform { name: name.to_owned(), source }
}

fn running<'a>(state: &'a mut State, name: &str) -> Result<&'a mut Running, ControlError> {
    let known: Vec<String> = state.keys().cloned().collect();
    state.get_mut(name).ok_or_else(|| unknown("deployment", name, known.iter()))
}

/// The deployment that `name` is or belongs to, and the replicas meant by it.
fn owner_of(state: &State, name: &str) -> Result<(String, Vec<String>), ControlError> {
    if let Some(running) = state.get(name) {
        return Ok((name.to_owned(), running.replicas.keys().cloned().collect()));
    }
    let owner = state.iter().find(|(_, running)| running.replicas.contains_key(name));
    match owner {
        Some((owner, _)) => Ok((owner.clone(), vec![name.to_owned()])),
        None => {
            let replicas = state.values().flat_map(|running| running.replicas.keys());
            Err(unknown("deployment or replica", name, state.keys().chain(replicas)))
        }
    }
}

fn environment(
    deployment: &Deployment,
    config: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    config
        .iter()
        .filter_map(|(key, value)| {
            let setting = deployment.config.get(key)?;
            Some((setting.env.clone(), value.clone()))
        })
        .collect()
}

fn check_value(key: &str, value: &str, setting: &Setting) -> Result<(), ControlError> {
    let Some((low, high)) = setting.range else { return Ok(()) };
    let fits = value.parse::<i64>().is_ok_and(|number| (low..=high).contains(&number));
    if fits {
        return Ok(());
    }
    Err(ControlError::Value {
        key: key.to_owned(),
        value: value.to_owned(),
        range: format!("a number from {low} to {high}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(range: Option<(i64, i64)>) -> Setting {
        Setting { env: "POOL_SIZE".into(), value: "8".into(), range, about: String::new() }
    }

    #[test]
    fn a_value_outside_of_its_range_is_refused_with_the_range() {
        let refused = |value| check_value("pool-size", value, &setting(Some((1, 20))));
        assert!(refused("20").is_ok());
        let message = refused("500").unwrap_err().to_string();
        assert_eq!(message, "`pool-size` takes a number from 1 to 20, not `500`");
        assert!(refused("many").is_err());
        assert!(check_value("level", "debug", &setting(None)).is_ok());
    }

    #[test]
    fn a_replica_is_found_through_its_deployment() {
        let replica = Replica { release: "1".into(), started: Timestamp::UNIX_EPOCH };
        let replicas = BTreeMap::from([
            ("payments-1".to_owned(), replica.clone()),
            ("payments-2".to_owned(), replica),
        ]);
        let running =
            Running { release: "1".into(), previous: None, config: BTreeMap::new(), replicas };
        let state = State::from([("payments".to_owned(), running)]);
        let (owner, all) = owner_of(&state, "payments").unwrap();
        assert_eq!((owner.as_str(), all.len()), ("payments", 2));
        assert_eq!(owner_of(&state, "payments-2").unwrap().1, ["payments-2"]);
        assert!(owner_of(&state, "edge").unwrap_err().to_string().contains("payments-1"));
    }
}
