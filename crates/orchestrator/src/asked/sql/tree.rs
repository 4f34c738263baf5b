//! What stands in the parsed tree of a statement: relations, and changes inside of queries.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{ObjectName, Query, Select, Statement, TableFactor, Visit, Visitor};

use super::verb::Verb;

/// What was found.
#[derive(Debug)]
pub(super) struct Tree {
    /// As they are written, folded as the server does, in the order of their first use.
    pub(super) relations: Vec<String>,
    /// What it does, if it is a query.
    pub(super) verb: Verb,
}

/// Walks through the whole of it.
pub(super) fn walk(statement: &Statement) -> Tree {
    let mut walker = Walker { verb: Verb::Select, ..Walker::default() };
    // It never breaks off.
    let _ = statement.visit(&mut walker);
    let Walker { mut relations, not_relations, verb } = walker;
    relations.retain(|name| !not_relations.contains(name));
    Tree { relations, verb }
}

struct Walker {
    relations: Vec<String>,
    /// Names that a query gives to its own parts, and functions in the place of a table.
    not_relations: BTreeSet<String>,
    verb: Verb,
}

impl Default for Walker {
    fn default() -> Walker {
        Walker { relations: Vec::new(), not_relations: BTreeSet::new(), verb: Verb::Nothing }
    }
}

impl Walker {
    fn raise(&mut self, verb: Verb) {
        self.verb = self.verb.max(verb);
    }
}

impl Visitor for Walker {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        for cte in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = &cte.alias.name;
            self.not_relations.insert(folded(&ObjectName::from(vec![name.clone()])));
        }
        if !query.locks.is_empty() {
            self.raise(Verb::Lock);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        if select.into.is_some() {
            self.raise(Verb::Ddl);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        let changes = matches!(
            statement,
            Statement::Insert(_)
                | Statement::Update(_)
                | Statement::Delete(_)
                | Statement::Merge(_)
        );
        if changes {
            self.raise(Verb::Dml);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, args: Some(_), .. } = factor {
            self.not_relations.insert(folded(name));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = folded(relation);
        if !self.relations.contains(&name) {
            self.relations.push(name);
        }
        ControlFlow::Continue(())
    }
}

fn folded(name: &ObjectName) -> String {
    let part = |part: &sqlparser::ast::ObjectNamePart| match part.as_ident() {
        Some(ident) if ident.quote_style.is_none() => ident.value.to_lowercase(),
        Some(ident) => ident.value.clone(),
        None => part.to_string(),
    };
    name.0.iter().map(part).collect::<Vec<_>>().join(".")
}
