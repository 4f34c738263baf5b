-- Who uses the database, and the database itself.

-- The service. It owns its tables.
CREATE ROLE payments LOGIN PASSWORD 'payments-dev';

-- The person on call: sees everything, may end a session, may change no data. The reserved
-- connections let them in when the service has taken all others. Their statements are logged,
-- which they cannot switch off.
CREATE ROLE oncall LOGIN PASSWORD 'oncall';
GRANT pg_monitor, pg_signal_backend, pg_read_all_data, pg_use_reserved_connections TO oncall;
ALTER ROLE oncall SET log_statement = 'all';
ALTER ROLE oncall SET log_min_duration_statement = -1;
ALTER ROLE oncall SET statement_timeout = '60s';
ALTER ROLE oncall SET idle_in_transaction_session_timeout = '10min';

-- Monitoring. Reads statistics, no table, though the size of a table needs a lock on it: rather
-- than wait for one, a figure is left out. A scrape that hangs would lose them all.
CREATE ROLE exporter LOGIN CONNECTION LIMIT 3;
GRANT pg_monitor, pg_use_reserved_connections TO exporter;
ALTER ROLE exporter SET lock_timeout = '100ms';
ALTER ROLE exporter SET statement_timeout = '500ms';

CREATE DATABASE payments OWNER payments;
REVOKE CONNECT ON DATABASE payments FROM PUBLIC;
GRANT CONNECT ON DATABASE payments TO oncall, exporter;
