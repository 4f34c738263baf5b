//! How much memory each container uses.

use std::collections::BTreeMap;

use bollard::models::ContainerMemoryStats;
use bollard::query_parameters::StatsOptionsBuilder;
use futures::StreamExt;

use super::{Member, Testbed, TestbedError};
use crate::boxed;

impl Testbed {
    /// Bytes in use by each container, without page cache that the kernel would give back.
    ///
    /// # Errors
    /// When the engine does not answer for one of them. One that has stopped uses 0.
    #[boxed]
    pub async fn memory(&self) -> Result<BTreeMap<String, u64>, TestbedError> {
        let members = self.inner.members().clone();
        let asked = members.iter().map(|(name, member)| self.memory_of(name, member));
        futures::future::try_join_all(asked).await.map(BTreeMap::from_iter)
    }

    async fn memory_of(&self, name: &str, member: &Member) -> Result<(String, u64), TestbedError> {
        let options = StatsOptionsBuilder::new().stream(false).one_shot(true).build();
        let docker = self.inner.engine.docker();
        let stats = Box::pin(docker.stats(&member.id, Some(options))).next().await.transpose();
        let stats = stats.map_err(|error| TestbedError::Engine {
            what: "read the memory of",
            name: name.to_owned(),
            source: error.into(),
        })?;
        Ok((name.to_owned(), used(stats.and_then(|stats| stats.memory_stats))))
    }
}

/// As `docker stats` reckons: usage less inactive file pages (cgroup v1 and v2 name them apart).
fn used(stats: Option<ContainerMemoryStats>) -> u64 {
    let Some(stats) = stats else { return 0 };
    let parts = stats.stats.unwrap_or_default();
    let cache = parts.get("total_inactive_file").or_else(|| parts.get("inactive_file"));
    stats.usage.unwrap_or(0).saturating_sub(cache.copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_cache_that_could_be_given_back_is_not_counted() {
        let with = |name: &str| ContainerMemoryStats {
            usage: Some(100),
            stats: Some([(name.to_owned(), 30)].into()),
            ..ContainerMemoryStats::default()
        };
        assert_eq!(used(Some(with("total_inactive_file"))), 70);
        assert_eq!(used(Some(with("inactive_file"))), 70);
        assert_eq!(used(Some(with("rss"))), 100);
        assert_eq!(used(None), 0);
    }
}
