-- Leaves nothing for the first start to do (no row to freeze, no statistics to gather), and
-- nothing to carry that nobody uses: a database is 7 MB in 300 files, whatever is in it.
\connect payments
CREATE EXTENSION pg_stat_statements;
VACUUM (FREEZE, ANALYZE);

\connect postgres
ALTER DATABASE template0 IS_TEMPLATE false;
ALTER DATABASE template1 IS_TEMPLATE false;
DROP DATABASE template0;
DROP DATABASE template1;
VACUUM (FREEZE, ANALYZE);
