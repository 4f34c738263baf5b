-- What the person on call may do to the tables and what they may not.
\connect payments

-- The tables belong to a role that nobody logs in as and that oncall is a member of: who owns a
-- table may index, vacuum and analyze it. The service keeps what it needs.
REASSIGN OWNED BY payments TO payments_owner;
GRANT CONNECT, TEMPORARY ON DATABASE payments TO payments;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO payments;
GRANT CREATE ON SCHEMA public TO payments_owner;
-- The owner itself changes no row. A foreign key is checked as the owner of the table that it
-- points to, which takes the right to update one column of it; a trigger keeps that one unused.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER
    ON ALL TABLES IN SCHEMA public FROM payments_owner;
GRANT UPDATE (created_at) ON merchants, payments TO payments_owner;

CREATE FUNCTION not_on_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'on call changes no rows of "%"', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER created_once BEFORE UPDATE OF created_at ON merchants EXECUTE FUNCTION not_on_call();
CREATE TRIGGER created_once BEFORE UPDATE OF created_at ON payments EXECUTE FUNCTION not_on_call();

-- Of all definitions on call may change indexes alone.
CREATE FUNCTION indexes_only() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF session_user = 'oncall' AND TG_TAG NOT IN ('CREATE INDEX', 'DROP INDEX', 'REINDEX') THEN
        RAISE EXCEPTION 'on call may not %', TG_TAG USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;
CREATE EVENT TRIGGER indexes_only ON ddl_command_start EXECUTE FUNCTION indexes_only();

-- Nobody but a superuser writes code for the server, or has it run SQL that stands in a string,
-- where no log shows it; and nobody keeps files in it.
REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION
    query_to_xml(text, boolean, boolean, text),
    query_to_xmlschema(text, boolean, boolean, text),
    query_to_xml_and_xmlschema(text, boolean, boolean, text),
    ts_stat(text), ts_stat(text, text), ts_rewrite(tsquery, text),
    lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)
FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_reload_conf() TO oncall;
