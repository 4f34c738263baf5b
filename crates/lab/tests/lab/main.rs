//! Tests of the crate from the outside: labs in, domain types or messages out.

mod fixture;
mod good;
mod payments;
mod rubric;
mod rules;
mod schema;
