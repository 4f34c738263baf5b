-- Nobody but the service fills the disk: a role that may read may otherwise still sort into files,
-- make temporary tables and large objects, and write to the log of changes.
ALTER ROLE oncall SET temp_file_limit = '64MB';

REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC;
REVOKE TEMPORARY ON DATABASE payments FROM PUBLIC;

\connect payments
REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea),
    pg_logical_emit_message(bool, text, text, bool), pg_logical_emit_message(bool, text, bytea, bool)
FROM PUBLIC;
