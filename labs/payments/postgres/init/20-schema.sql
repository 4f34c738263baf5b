-- The service's own tables, made as the service, which therefore owns them.
\connect payments
SET ROLE payments;
\ir ../schema.sql
