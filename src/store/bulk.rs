//! x
pub struct BulkChange; pub struct BulkRow;
