-- The service's own tables, made as the service; 50-oncall.sql says who owns them in the end.
\connect payments
SET ROLE payments;
\ir ../schema.sql
