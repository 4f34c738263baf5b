//! The gate under hostile and ordinary requests, before an engine that counts.
