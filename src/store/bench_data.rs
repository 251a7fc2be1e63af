//! Data for benchmarks, made fast and always the same, and the statements that one would write by hand over it: what
//! `headend-bench` measures the program's own ways against. No part of the program uses this.

use diesel::connection::{Connection as _, SimpleConnection as _};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::{Connection, Role, each};
use super::model::ColumnKind as Kind;
use super::operation::Undo;
use super::session::Session;
use super::sql::insert_rows;
use super::types::{self, sql};
use super::write::Kind as WriteKind;
use super::{Options, Store, StoreError, Target};
use crate::domain::network::ip_key;
use crate::domain::{Id, Value};

/// Makes an empty database on a PostgreSQL server, in place of one that stands there by that name.
///
/// # Errors
/// What the server says.
pub fn make_database(server: &str, name: &str) -> Result<(), StoreError> {
    let mut connection = PgConnection::establish(server).map_err(|error| StoreError::unreachable(error.to_string()))?;
    connection.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
    Ok(connection.batch_execute(&format!("CREATE DATABASE {name}"))?)
}

/// Devices with one ping check each, at 127.1.0.0 and on; the first of them answers at 127.1.0.1.
///
/// # Errors
/// What the database says.
pub fn make_devices(store: &Store, session: &Session, count: u32, timeout_ms: i64) -> Result<(), StoreError> {
    let kind =
        WriteKind { name: "devices.import", entity: "devices", undo: Undo::None("made for a benchmark"), bulk: false };
    let now = Value::Instant(store.now());
    let tenant = session.tenant.id;
    store.write(session, Id::new(), &kind, |writing| {
        let (mut devices, mut health, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        for (number, address) in (1..=count).map(|number| (number, address(number))) {
            let (device, name) = (Id::new(), format!("node-{number:06}"));
            devices.push(vec![
                (Kind::Id, Value::Id(device)),
                (Kind::Id, Value::Id(tenant)),
                (Kind::Text, Value::text(format!("DEV-{number:06}"))),
                (Kind::Text, Value::text(&name)),
                (Kind::Text, Value::text(crate::domain::text::sort_key(&name))),
                (Kind::Text, Value::text("switch")),
                (Kind::Ip, Value::Ip(address)),
                (Kind::Bytes, Value::Bytes(ip_key(address).to_vec())),
                (Kind::Text, Value::text("active")),
                (Kind::Instant, now.clone()),
                (Kind::Instant, now.clone()),
            ]);
            health.push(vec![
                (Kind::Id, Value::Id(tenant)),
                (Kind::Id, Value::Id(device)),
                (Kind::Instant, now.clone()),
                (Kind::Instant, now.clone()),
            ]);
            checks.push(vec![
                (Kind::Id, Value::Id(Id::new())),
                (Kind::Id, Value::Id(tenant)),
                (Kind::Id, Value::Id(device)),
                (Kind::Text, Value::text("icmp")),
                (Kind::Int, Value::Int(timeout_ms)),
                (Kind::Instant, now.clone()),
                (Kind::Instant, now.clone()),
            ]);
        }
        insert_rows(
            writing,
            "devices (id, tenant_id, number, name, name_key, device_type, management_ip, management_ip_key, status, \
             created_at, updated_at)",
            devices,
        )?;
        insert_rows(writing, "device_health (tenant_id, device_id, since, updated_at)", health)?;
        insert_rows(
            writing,
            "device_checks (id, tenant_id, device_id, kind, timeout_ms, created_at, updated_at)",
            checks,
        )
    })
}

/// The address of the device of a number: 127.1.0.1 for 1.
#[must_use]
pub fn address(number: u32) -> std::net::IpAddr {
    std::net::Ipv4Addr::from_bits(0x7f01_0000 + number).into()
}

/// First and last names, ten letters wide, for both databases to cut out of.
const FIRSTS: &str = "Amina     Boris     Clara     Dmitri    Elena     Farid     Grace     Hanna     Ismail    Jonas     \
                      Katrin    Leila     Marco     Nadia     Oskar     Petra     Quentin   Rosa      Samir     Tamar     \
                      Ulrich    Vera      Walter    Xenia     Yusuf     Zora      Anton     Berta     Carlos    Doris     \
                      Emil      ";
const LASTS: &str = "Abel      Brandt    Costa     Drake     Eriksen   Fischer   Garcia    Haas      Ivanov    Jansen    \
                     Keller    Lopez     Moreau    Novak     Okafor    Peters    Quinn     Rossi     Schmidt   Tanaka    \
                     Ueda      Vogel     Weber     ";

/// Customers by the million: the rows by one statement, indexes and search after them, as a restore does it. `owner`: who
/// may take indexes away and put them back.
///
/// # Errors
/// What the database says.
pub fn make_customers(owner: &Target, tenant: Id, count: u64) -> Result<(), StoreError> {
    fill(owner, "customers", |postgres| {
        let rows = if postgres { rows_postgres(tenant, count) } else { rows_sqlite(tenant, count) };
        [rows, documents(postgres)]
    })
}

/// Makes a ticket for each customer, with its search document.
///
/// # Errors
/// What the database says.
pub fn make_tickets(owner: &Target) -> Result<(), StoreError> {
    fill(owner, "tickets", |postgres| {
        let rows = "INSERT INTO tickets (id, tenant_id, number, title, title_key, customer_id, created_at, updated_at) SELECT id, \
                    tenant_id, replace(number, 'CUS', 'TIC'), 'No light at ' || address, lower('No light at ' || address) || \
                    '\u{1}' || lower('No light at ' || address), id, created_at, updated_at FROM customers";
        [rows.to_owned(), documents_of("tickets", &[said("number"), said("title"), "''".to_owned()], postgres)]
    })
}

/// Fills a table and the search documents as its owner, faster than by the store: what is indexed is so at the end.
fn fill(owner: &Target, table: &str, statements: impl Fn(bool) -> [String; 2]) -> Result<(), StoreError> {
    let store = Store::open_unchecked(owner, Options::default(), Role::Owner)?;
    store.with_connection(|connection| {
        let indexes = indexes(connection, table)?;
        let postgres = connection.is_postgres();
        let mut trigger = None;
        if !postgres {
            // What the planner takes for granted of an index goes with it.
            run(connection, "CREATE TEMP TABLE granted AS SELECT * FROM sqlite_stat1")?;
        }
        for (name, _) in &indexes {
            run(connection, &format!("DROP INDEX {name}"))?;
        }
        if postgres {
            run(
                connection,
                "SET statement_timeout = 0; SET maintenance_work_mem = '256MB'; SET synchronous_commit = off",
            )?;
        } else {
            trigger = definition(connection, "search_documents_insert")?;
            run(connection, "DROP TRIGGER search_documents_insert; PRAGMA cache_size = -200000; BEGIN")?;
        }
        for statement in statements(postgres) {
            run(connection, &statement)?;
        }
        if !postgres {
            run(connection, "COMMIT")?;
        }
        for (_, sql) in &indexes {
            run(connection, sql)?;
        }
        if postgres {
            return run(connection, &format!("ANALYZE {table}; ANALYZE search_documents"));
        }
        run(
            connection,
            &format!(
                "INSERT INTO search_index (search_index) VALUES ('rebuild'); {}; DELETE FROM sqlite_stat1; \
                 INSERT INTO sqlite_stat1 SELECT * FROM granted; DROP TABLE granted; ANALYZE sqlite_schema; \
                 PRAGMA wal_checkpoint(TRUNCATE)",
                trigger.unwrap_or_default()
            ),
        )
    })
}

fn run(connection: &mut Connection, sql: &str) -> Result<(), StoreError> {
    if sql.is_empty() {
        return Ok(());
    }
    Ok(each!(connection, inner => inner.batch_execute(sql))?)
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
}

/// The indexes of the tables that are filled, but those that their keys are made of.
fn indexes(connection: &mut Connection, table: &str) -> Result<Vec<(String, String)>, StoreError> {
    let list = if connection.is_postgres() {
        format!(
            "SELECT i.indexname::text AS name, i.indexdef AS sql FROM pg_indexes i WHERE i.tablename IN ('{table}', \
             'search_documents') AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)"
        )
    } else {
        format!("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL")
    };
    let indexes: Vec<Index> = diesel::sql_query(list).load(connection)?;
    Ok(indexes.into_iter().map(|index| (index.name, index.sql)).collect())
}

/// What made something of SQLite's.
fn definition(connection: &mut Connection, name: &str) -> Result<Option<String>, StoreError> {
    let query = format!("SELECT name, sql FROM sqlite_master WHERE name = '{name}'");
    let found: Vec<Index> = diesel::sql_query(query).load(connection)?;
    Ok(found.into_iter().next().map(|found| found.sql))
}

const COLUMNS: &str = "INSERT INTO customers (id, tenant_id, number, name, name_key, email, email_key, phone, phone_digits, address, \
                       company, status, wallet_balance, currency, expires_at, notes, created_at, updated_at)";

/// What both databases say alike; `{}` stands for what each says in its own way. Statuses and words are spread by
/// products with primes, so that neighbours in one order are strangers in the others.
fn rows(id: &str, tenant: &str, pad: fn(&str, u32) -> String, instant: fn(&str) -> String, series: &str) -> String {
    let names = |list: &str, prime: u32| {
        let count = list.len() / 10;
        format!("trim(substr('{list}', (1 + 10 * ((i * {prime} / {count}) % {count}))::int, 10))")
    };
    // Two first names in one: as many as people have, so that a surname is nowhere far in the order by name.
    let first = format!("{} || '-' || {}", names(FIRSTS, 7_919), names(FIRSTS, 15_485_863));
    let name = format!("{first} || ' ' || {} || ' ' || {}", names(LASTS, 104_729), pad("i * 48271 % 9973", 4));
    let key = |text: &str| format!("lower({text}) || '\u{1}' || lower({text})");
    let email = "'c' || i || '@mail.example'";
    let text = format!(
        "{COLUMNS} SELECT {id}, {tenant}, 'CUS-' || {}, name, {}, {email}, {}, '+49 30 ' || {}, '4930' || {}, 'Canal Street ' || \
         (i % 499), CASE WHEN i % 50000 = 17 THEN 'Zeppelin Works' ELSE '' END, CASE WHEN i % 5 = 0 THEN 'suspended' WHEN i % 97 = 0 \
         THEN 'terminated' ELSE 'active' END, (i * 7919 % 2000000) - 100000, 'EUR', {}, '', {}, {} FROM ({series}) numbers",
        pad("i", 8),
        key("name"),
        key(email),
        pad("i", 8),
        pad("i", 8),
        instant("i * 48271 % 31536000"),
        instant("i"),
        instant("i"),
    );
    text.replace("{name}", &name)
}

fn rows_sqlite(tenant: Id, count: u64) -> String {
    let instant = |seconds: &str| format!("1700000000000000 + ({seconds}) * 1000000");
    let pad = |number: &str, width: u32| format!("printf('%0{width}d', {number})");
    let series = format!(
        "WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < {count}) SELECT i, {{name}} AS name \
         FROM counted"
    );
    let id = "unhex(printf('%012x7000800%05x%08x', 1700000000000 + i, i % 1000003 % 1048576, i))";
    rows(id, &format!("x'{}'", tenant.uuid().simple()), pad, instant, &series).replace("::int", "")
}

fn rows_postgres(tenant: Id, count: u64) -> String {
    let instant = |seconds: &str| format!("to_timestamp(1700000000 + ({seconds}))");
    let pad = |number: &str, width: u32| format!("lpad(({number})::text, {width}, '0')");
    let series = format!("SELECT i, {{name}} AS name FROM generate_series(1::bigint, {count}) i");
    let id = "(lpad(to_hex(1700000000000 + i), 12, '0') || '7000800' || lpad(to_hex(i % 1000003 % 1048576), 5, '0') || \
              lpad(to_hex(i), 8, '0'))::uuid";
    rows(id, &format!("'{tenant}'::uuid"), pad, instant, &series)
}

/// The words of a column, which needs no folding but small letters.
fn said(column: &str) -> String {
    let signs = ["-", "@", ".", "+"];
    let apart =
        signs.iter().fold(format!("lower({column})"), |text, sign| format!("replace({text}, '{sign}', '{sign} ')"));
    format!("CASE WHEN {column} = '' THEN '' ELSE ' ' || {apart} END")
}

fn documents(postgres: bool) -> String {
    let phone = format!("{} || ' ' || phone_digits", said("phone"));
    let parts = [said("number"), said("name"), said("email"), phone, said("company"), "''".to_owned(), said("address")];
    documents_of("customers", &parts, postgres)
}

/// The documents as the store would write them. SQLite's parts have two blanks for one.
fn documents_of(kind: &str, parts: &[String], postgres: bool) -> String {
    let columns: Vec<String> = (1..=parts.len()).map(|part| format!("part_{part}")).collect();
    let each: Vec<String> =
        parts.iter().map(|part| if postgres { part.clone() } else { format!("replace({part}, ' ', '  ')") }).collect();
    format!(
        "INSERT INTO search_documents (tenant_id, kind, record_id, text, {}) SELECT tenant_id, '{kind}', id, {}, {} FROM {kind}",
        columns.join(", "),
        parts.join(if postgres { " || chr(31) || " } else { " || char(31) || " }),
        each.join(", ")
    )
}

/// A customer as a statement by hand reads it: every column that a list shows.
#[allow(dead_code)] // read to be made, as a list's rows are
#[derive(Debug, QueryableByName)]
pub struct ByHand {
    #[diesel(sql_type = sql::Id)]
    id: types::Id,
    #[diesel(sql_type = sql::Int)]
    version: i32,
    #[diesel(sql_type = sql::Text)]
    number: String,
    #[diesel(sql_type = sql::Text)]
    pub name: String,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    email: Option<String>,
    #[diesel(sql_type = sql::Text)]
    phone: String,
    #[diesel(sql_type = sql::Text)]
    address: String,
    #[diesel(sql_type = sql::Text)]
    company: String,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    plan: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Id>)]
    plan_id: Option<types::Id>,
    #[diesel(sql_type = sql::Text)]
    status: String,
    #[diesel(sql_type = sql::Money)]
    wallet_balance: types::Money,
    #[diesel(sql_type = sql::Text)]
    currency: String,
    #[diesel(sql_type = sql::Nullable<sql::Instant>)]
    expires_at: Option<types::Instant>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    connection_type: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    username: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Mac>)]
    mac_address: Option<types::Mac>,
    #[diesel(sql_type = sql::Nullable<sql::Text>)]
    organization: Option<String>,
    #[diesel(sql_type = sql::Nullable<sql::Id>)]
    organization_id: Option<types::Id>,
    #[diesel(sql_type = sql::Json)]
    contact: types::Json,
    #[diesel(sql_type = sql::Text)]
    notes: String,
    #[diesel(sql_type = sql::Instant)]
    created_at: types::Instant,
    #[diesel(sql_type = sql::Instant)]
    updated_at: types::Instant,
    #[diesel(sql_type = sql::Text)]
    pub name_key: String,
}

impl ByHand {
    /// Where the row stands in the order by name.
    #[must_use]
    pub fn place(&self) -> (String, Id) {
        (self.name_key.clone(), self.id.0)
    }
}

/// A page that is asked for by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    First,
    /// After a name's key and an id.
    After(String, Id),
    Last,
    Status(&'static str),
    /// A word that few records hold: taken from the search index.
    Rare(&'static str),
    /// A word that many hold: looked for while walking by name.
    Common(&'static str),
    /// The row at a place, counted from 0: to find where a page begins.
    At(i64),
}

impl Store {
    /// The page by the statement that one would write for it, in the same kind of transaction and on the same kind of
    /// connection as a list's.
    ///
    /// # Errors
    /// What the database says.
    pub fn by_hand(&self, session: &Session, ask: &Ask, limit: i64) -> Result<Vec<ByHand>, StoreError> {
        self.read(session, |reading| {
            let postgres = reading.connection.is_postgres();
            let select = "SELECT c.id, c.version, c.number, c.name, c.email, c.phone, c.address, c.company, p.name AS plan, \
                          c.plan_id, c.status, c.wallet_balance, c.currency, c.expires_at, c.connection_type, c.username, \
                          c.mac_address, o.name AS organization, c.organization_id, c.contact, c.notes, c.created_at, \
                          c.updated_at, c.name_key FROM customers c LEFT JOIN plans p ON p.tenant_id = c.tenant_id AND \
                          p.id = c.plan_id LEFT JOIN organizations o ON o.tenant_id = c.tenant_id AND o.id = c.organization_id \
                          WHERE c.tenant_id = $1";
            let order = " ORDER BY c.name_key, c.id";
            let tenant = types::Id(session.tenant.id);
            let connection = &mut *reading.connection;
            let three = |word: &str| {
                let letters: Vec<char> = word.chars().collect();
                let all: Vec<String> = letters.windows(3).map(|three| format!("\"{}\"", String::from_iter(three))).collect();
                all.join(" AND ")
            };
            let sought = |word: &str| match (postgres, matches!(ask, Ask::Rare(_))) {
                (true, true) => (
                    " AND c.id IN (SELECT search_ids('customers', NULL, ARRAY[$2]::text[], 1001))".to_owned(),
                    format!("%{word}%"),
                ),
                (true, false) => {
                    (" AND search_matches('customers', c.id, ARRAY[$2]::text[])".to_owned(), format!("%{word}%"))
                }
                (false, true) => (
                    format!(
                        " AND c.id IN (SELECT d.record_id FROM search_index x CROSS JOIN search_documents d ON d.docid = x.rowid WHERE \
                         x.search_index MATCH '{}' AND d.tenant_id = $1 AND d.kind = 'customers' AND d.text GLOB $2)",
                        three(word)
                    ),
                    format!("*{word}*"),
                ),
                (false, false) => (
                    " AND EXISTS (SELECT 1 FROM search_documents d WHERE d.tenant_id = c.tenant_id AND d.kind = 'customers' AND \
                     d.record_id = c.id AND d.text GLOB $2)"
                        .to_owned(),
                    format!("*{word}*"),
                ),
            };
            let rows: Vec<ByHand> = match ask {
                Ask::First => diesel::sql_query(format!("{select}{order} LIMIT $2"))
                    .bind::<sql::Id, _>(tenant)
                    .bind::<BigInt, _>(limit)
                    .load(connection)?,
                Ask::Last => diesel::sql_query(format!("{select} ORDER BY c.name_key DESC, c.id DESC LIMIT $2"))
                    .bind::<sql::Id, _>(tenant)
                    .bind::<BigInt, _>(limit)
                    .load(connection)?,
                Ask::At(place) => diesel::sql_query(format!("{select}{order} LIMIT $2 OFFSET $3"))
                    .bind::<sql::Id, _>(tenant)
                    .bind::<BigInt, _>(limit)
                    .bind::<BigInt, _>(*place)
                    .load(connection)?,
                Ask::After(key, id) => {
                    diesel::sql_query(format!("{select} AND (c.name_key, c.id) > ($2, $3){order} LIMIT $4"))
                        .bind::<sql::Id, _>(tenant)
                        .bind::<Text, _>(key)
                        .bind::<sql::Id, _>(types::Id(*id))
                        .bind::<BigInt, _>(limit)
                        .load(connection)?
                }
                Ask::Status(status) => diesel::sql_query(format!("{select} AND c.status = $2{order} LIMIT $3"))
                    .bind::<sql::Id, _>(tenant)
                    .bind::<Text, _>(*status)
                    .bind::<BigInt, _>(limit)
                    .load(connection)?,
                Ask::Rare(word) | Ask::Common(word) => {
                    let (condition, pattern) = sought(word);
                    let order = if !postgres && matches!(ask, Ask::Rare(_)) { " ORDER BY +c.name_key, c.id" } else { order };
                    diesel::sql_query(format!("{select}{condition}{order} LIMIT $3"))
                        .bind::<sql::Id, _>(tenant)
                        .bind::<Text, _>(pattern)
                        .bind::<BigInt, _>(limit)
                        .load(connection)?
                }
            };
            Ok(rows)
        })
    }
}
