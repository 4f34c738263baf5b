//! How much YAML is enough. What is over it is refused, whether by accident or on purpose.

use serde_saphyr::{DuplicateKeyPolicy, Options};

/// Limits that the largest believable lab keeps by a factor of ten.
pub(super) fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 32,
            flow_nesting_limit: 32,
            max_events: 100_000,
            max_nodes: 50_000,
            max_aliases: 200,
            max_anchors: 200,
            max_documents: 1,
            max_merge_keys: 200,
            max_total_scalar_bytes: 1024 * 1024,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 20_000,
            max_replay_stack_depth: 8,
        },
        strict_booleans: true,
        reject_unsupported_tags: true,
    }
}
