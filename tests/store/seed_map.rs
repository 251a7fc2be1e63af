//! Every column that data of the five older systems is brought into is there, on both databases.

use std::collections::BTreeSet;

use crate::common::on_each_database;
use crate::schema;

/// `table.column`, a line each, in their order.
const COLUMNS: &str = include_str!("seed_columns.txt");

on_each_database! {
    fn every_column_that_is_brought_in_is_there(lab) {
        let found = schema::found(lab);
        let there: BTreeSet<String> = found
            .iter()
            .flat_map(|(table, columns)| columns.keys().map(move |column| format!("{table}.{column}")))
            .collect();
        let wanted: Vec<&str> = COLUMNS.lines().collect();
        let missing: Vec<&&str> = wanted.iter().filter(|column| !there.contains(**column)).collect();
        println!("{:?}: {} columns wanted, {} missing", lab.engine, wanted.len(), missing.len());
        assert_eq!(missing, Vec::<&&str>::new());
        assert!(wanted.len() > 600 && wanted.is_sorted());
    }
}
