-- Who uses the database, and the database itself.

-- The service. Its tables belong to payments_owner; it may use them and no more.
CREATE ROLE payments LOGIN PASSWORD 'payments-dev';

CREATE ROLE payments_owner NOLOGIN;

-- The person on call: sees everything, may end a session, vacuum, analyze, make an index and change
-- some settings, and may change no data (50-oncall.sql). The reserved connections let them in when
-- the service has taken all others.
CREATE ROLE oncall LOGIN PASSWORD 'oncall';
GRANT pg_monitor, pg_signal_backend, pg_read_all_data, pg_use_reserved_connections TO oncall;
GRANT payments_owner TO oncall WITH INHERIT TRUE, SET FALSE;
GRANT SET, ALTER SYSTEM ON PARAMETER
    statement_timeout, lock_timeout, idle_in_transaction_session_timeout, idle_session_timeout, work_mem
TO oncall;
-- Their statements are logged, with how each ended and the place in the server's source that wrote
-- the line. Only a superuser can change these.
ALTER ROLE oncall SET log_statement = 'all';
ALTER ROLE oncall SET log_duration = on;
ALTER ROLE oncall SET log_error_verbosity = 'verbose';
ALTER ROLE oncall SET log_min_error_statement = 'error';
ALTER ROLE oncall SET log_min_messages = 'warning';
ALTER ROLE oncall SET log_min_duration_statement = -1;
ALTER ROLE oncall SET log_parameter_max_length = 1024;
ALTER ROLE oncall SET statement_timeout = '60s';
ALTER ROLE oncall SET idle_in_transaction_session_timeout = '10min';

-- Monitoring. Reads statistics, no table, though the size of a table needs a lock on it: rather
-- than wait for one, a figure is left out. A scrape that hangs would lose them all.
CREATE ROLE exporter LOGIN CONNECTION LIMIT 3;
GRANT pg_monitor, pg_use_reserved_connections TO exporter;
ALTER ROLE exporter SET lock_timeout = '100ms';
ALTER ROLE exporter SET statement_timeout = '500ms';

CREATE DATABASE payments OWNER payments;
REVOKE CONNECT, TEMPORARY ON DATABASE payments FROM PUBLIC;
GRANT CONNECT ON DATABASE payments TO oncall, exporter;
