//! Functions of PostgreSQL that change something when a query calls them.

use super::verb::Verb;

/// By exact name.
const EXACT: [(&str, Verb); 33] = [
    ("pg_terminate_backend", Verb::Terminate),
    ("pg_cancel_backend", Verb::Cancel),
    ("pg_reload_conf", Verb::Reload),
    ("pg_rotate_logfile", Verb::Function),
    ("pg_rotate_logfile_old", Verb::Function),
    ("pg_promote", Verb::Function),
    ("pg_switch_wal", Verb::Function),
    ("pg_create_restore_point", Verb::Function),
    ("pg_log_backend_memory_contexts", Verb::Function),
    ("pg_log_standby_snapshot", Verb::Function),
    ("pg_notify", Verb::Notify),
    ("nextval", Verb::Function),
    ("setval", Verb::Function),
    ("brin_summarize_new_values", Verb::Function),
    ("brin_summarize_range", Verb::Function),
    ("brin_desummarize_range", Verb::Function),
    ("gin_clean_pending_list", Verb::Function),
    ("pg_prewarm", Verb::Function),
    ("pg_import_system_collations", Verb::Function),
    ("pg_nextoid", Verb::Function),
    ("pg_stop_making_pinned_objects", Verb::Function),
    ("pg_extension_config_dump", Verb::Function),
    // These run the text that they are given, which is not looked into.
    ("query_to_xml", Verb::Function),
    ("query_to_xmlschema", Verb::Function),
    ("query_to_xml_and_xmlschema", Verb::Function),
    ("cursor_to_xml", Verb::Function),
    ("cursor_to_xmlschema", Verb::Function),
    ("ts_stat", Verb::Function),
    ("ts_rewrite", Verb::Function),
    ("pg_read_file", Verb::File),
    ("pg_read_binary_file", Verb::File),
    ("pg_stat_file", Verb::File),
    ("pg_file_sync", Verb::File),
];

/// By the beginning of the name.
const BEGINNINGS: [(&str, Verb); 19] = [
    ("pg_stat_reset", Verb::ResetStatistics),
    ("pg_stat_statements_reset", Verb::ResetStatistics),
    ("pg_advisory_", Verb::Lock),
    ("pg_try_advisory_", Verb::Lock),
    ("pg_backup_", Verb::Function),
    ("pg_wal_replay_", Verb::Function),
    ("pg_logical_", Verb::Function),
    ("pg_create_", Verb::Function),
    ("pg_copy_", Verb::Function),
    ("pg_drop_", Verb::Function),
    ("pg_replication_", Verb::Function),
    ("pg_sync_", Verb::Function),
    ("binary_upgrade_", Verb::Function),
    ("dblink", Verb::Function),
    ("lo_import", Verb::File),
    ("lo_export", Verb::File),
    ("lo_", Verb::Function),
    ("pg_ls_dir", Verb::File),
    ("pg_file_", Verb::File),
];

/// What a call of the function (its name without a schema, as the server folds it) does; `None`
/// when it only looks.
pub(super) fn effect(name: &str) -> Option<Verb> {
    let exact = EXACT.iter().find(|(known, _)| *known == name);
    let beginning = || BEGINNINGS.iter().find(|(begins, _)| name.starts_with(begins));
    exact.or_else(beginning).map(|(_, verb)| *verb)
}
