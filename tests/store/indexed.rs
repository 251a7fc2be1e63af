//! Whoever looks for one record of a million waits for an index, not for a million rows: what the databases plan for
//! equality, ranges, references and parts of texts, over every kind of record. Texts are the same whatever their case: an
//! index answers for those that have a key, digits of their own or a place in the search document, and for what machines
//! call something, which is known by its very letters.

use std::collections::BTreeSet;

use headend::domain::filter::{Resolved, Test};
use headend::domain::{Id, Kind, Value};
use headend::store::bench_data;
use headend::store::entity::Source;
use headend::store::list::{Count, Effort, From, ListRequest, Page, parse_filter, parse_sort};
use headend::store::read::Few;
use headend::store::{Entity, Field, Options, Store, entities};

use crate::common::lab::Engine;
use crate::common::{Lab, on_each_database};

/// Columns that stand behind the tenant in an index that has all rows, or all that say something.
fn indexed_columns(sqlite: &Lab, table: &str) -> BTreeSet<String> {
    let mut raw = sqlite.raw();
    let whole = "(l.partial = 0 OR s.sql LIKE '%WHERE ' || b.name || ' IS NOT NULL' \
                 OR s.sql LIKE '%WHERE ' || b.name || ' <> ''''' \
                 OR s.sql LIKE '%WHERE ' || b.name || ' IS NOT NULL AND ' || b.name || ' <> ''''')";
    let rest = format!(
        "FROM pragma_index_list('{table}') l JOIN pragma_index_info(l.name) a ON a.seqno = 0 AND a.name = 'tenant_id' \
         JOIN pragma_index_info(l.name) b ON b.seqno = 1 JOIN sqlite_schema s ON s.name = l.name WHERE {whole}"
    );
    raw.texts("b.name", &rest).into_iter().collect()
}

/// The columns in which an index may look for a field's value: its own, and those derived from it.
fn columns_of(entity: &Entity, field: &Field, indexed: &BTreeSet<String>) -> Vec<&'static str> {
    let derived = entity.derived.iter().filter(|derived| derived.from == field.name).map(|derived| derived.column);
    field.column().into_iter().chain(derived).filter(|column| indexed.contains(*column)).collect()
}

/// The column by which the rows of another table are found that a field is joined from: they lead to the records.
fn joined_column_of(sqlite: &Lab, entity: &Entity, field: &Field) -> Option<&'static str> {
    let Source::Joined(alias, column) = field.source else { return None };
    let join = entity.joins.iter().find(|join| join.alias == alias)?;
    indexed_columns(sqlite, join.table.name).contains(column).then_some(column)
}

/// Filters that ask for one value, a range of them, or a part of one where the record's search document has it.
fn filters(entity: &Entity, field: &Field) -> Vec<String> {
    let name = field.name;
    let is_searched = entity.search.contains(&name);
    let behind: &[&str] = match field.kind {
        _ if field.reference.is_some() => &[],
        Kind::Text if entity.digits_of(name).is_some() => {
            &["=254728541394", "=0728541394", ":254728541394", ":0728541394", ":25", ":2"]
        }
        Kind::Text if field.verbatim => &["=zz-77", ":zz-77", ":z"],
        Kind::Text if is_searched => &["=zzzz-77", ":zzzz-77", ":z7", ":z", "~^ZZZZ-\\d"],
        Kind::Text => &["=zzzz-77"],
        Kind::Mac => &["=00:1b:44:11:3a:07", ":00:1b:44:11:3a:07"],
        Kind::Ip => &["=10.4.0.7", ":10.4.0.7", ":10.4.0.0/16"],
        Kind::Int | Kind::Money | Kind::Percent | Kind::Degrees => &["=7", "<7", ">=7"],
        Kind::Instant => &[":2026-11-20", "<2026-11-20", ">=2026-11-20"],
        Kind::Date => &["=2026-11-20", "<2026-11-20", ">=2026-11-20"],
        Kind::Choice(words) => {
            return vec![
                format!("{name}:{}", words[0]),
                format!("{name}:{}", words.join(",")),
                format!("-{name}:{}", words[0]),
            ];
        }
        _ => &[],
    };
    // Whether there is anything, where there may be nothing.
    let nothing: &[&str] = if field.required || !is_nullable(entity, field) { &[] } else { &[":"] };
    behind.iter().chain(nothing).map(|behind| format!("{name}{behind}")).collect()
}

/// Whether a field may be empty, and an index has those that are: one of what is there alone says nothing of the others.
fn is_nullable(entity: &Entity, field: &Field) -> bool {
    let key = entity.derived.iter().find(|derived| derived.from == field.name).map(|derived| derived.column);
    let indexed = key.or(field.column()).is_some_and(|column| entity.table.is_indexed(column, None));
    indexed && field.column().and_then(|column| entity.table.column(column)).is_some_and(|column| column.nullable)
}

/// Whether a plan finds rows of the list's own table by one of the columns, or by ids that an index gave.
fn is_by_index(plan: &[String], columns: &[&str], postgres: bool) -> bool {
    let mut columns = columns.to_vec();
    columns.push("id");
    if postgres {
        let conditions: Vec<&String> = plan.iter().filter(|line| line.contains("Index Cond:")).collect();
        let named = |line: &str, column: &str| {
            ["=", ">=", "<=", "<", ">"].iter().any(|sign| {
                line.contains(&format!("({column} {sign} ")) || line.contains(&format!("{column} {sign} ANY"))
            }) || line.contains(&format!("(({column})::text = "))
        };
        // What nothing can pass is not looked for.
        let is_nothing = plan.iter().any(|line| line.contains("One-Time Filter: false"));
        return is_nothing || conditions.iter().any(|line| columns.iter().any(|column| named(line, column)));
    }
    let own: Vec<&String> =
        plan.iter().filter(|line| line.starts_with("SEARCH c ") || line.starts_with("SCAN c ")).collect();
    let named = |line: &str| {
        columns.iter().any(|column| ["=?", ">?", "<?"].iter().any(|sign| line.contains(&format!(" {column}{sign}"))))
    };
    !own.is_empty() && own.iter().all(|line| named(line))
}

/// The lab's store; on PostgreSQL the planner is told that its tables are full of one tenant's rows, that a search finds
/// little, and that it has no other way than an index where there is one at all.
fn planning_store(lab: &Lab) -> Store {
    if lab.is_postgres() {
        lab.raw().execute(
            "DO $$ DECLARE way text; BEGIN FOREACH way IN ARRAY ARRAY['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin'] LOOP \
             EXECUTE format('ALTER DATABASE %I SET %I = off', current_database(), way); END LOOP; END $$; \
             ALTER FUNCTION search_ids(text, int, text[], int) ROWS 1; \
             UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace; \
             DELETE FROM pg_statistic; \
             INSERT INTO pg_statistic (starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct, stakind1, stakind2, \
             stakind3, stakind4, stakind5, staop1, staop2, staop3, staop4, staop5, stacoll1, stacoll2, stacoll3, stacoll4, stacoll5) \
             SELECT attrelid, attnum, p.relkind = 'p', 0, 16, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 FROM pg_attribute \
             JOIN pg_class p ON p.oid = attrelid WHERE attname = 'tenant_id' AND p.relkind IN ('r', 'p') \
             AND p.relnamespace = 'public'::regnamespace",
        );
    }
    lab.another_store()
}

on_each_database! {
    fn a_filter_on_an_indexed_field_reads_its_index(lab) {
        let sqlite = Lab::new(Engine::Sqlite);
        let store = planning_store(lab);
        let (mut wrong, mut asked) = (Vec::new(), 0);
        for entity in entities::all() {
            let indexed = indexed_columns(&sqlite, entity.table.name);
            for field in entity.fields {
                let mut columns = columns_of(entity, field, &indexed);
                columns.extend(joined_column_of(&sqlite, entity, field));
                if columns.is_empty() {
                    continue;
                }
                // The rows of one person are few.
                columns.extend(entity.owner.and_then(|owner| entity.field(owner.field)?.column()));
                let parse = |filter: String| {
                    let resolved = parse_filter(entity, &filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake}"));
                    (filter, resolved)
                };
                let mut all: Vec<(String, Resolved)> = filters(entity, field).into_iter().map(parse).collect();
                if field.reference.is_some() {
                    let points = Resolved::Compare { field: field.name.to_owned(), test: Test::Equals(Value::Id(Id::new())) };
                    all.push((format!("{}=(one)", field.name), points));
                }
                for (filter, resolved) in all {
                    let mut request = ListRequest { filter: resolved, ..ListRequest::all(entity, 50) };
                    // Whether a range has many rows PostgreSQL would know from its statistics, which are made up here: in its
                    // own order it has no choice.
                    if lab.is_postgres() && filter.contains(['<', '>']) && field.sort.is_some() {
                        request.sort = parse_sort(entity, field.name).expect("a field that sorts");
                    }
                    let plan = store.plan(&lab.admin, &request).unwrap_or_else(|error| panic!("{} {filter}: {error}", entity.name));
                    asked += 1;
                    if !is_by_index(&plan, &columns, lab.is_postgres()) {
                        wrong.push(format!("{} {filter} {columns:?}:\n    {}", entity.name, plan.join("\n    ")));
                    }
                }
            }
        }
        println!("{:?}: {asked} filters on indexed fields, {} without their index", lab.engine, wrong.len());
        assert!(wrong.is_empty() && asked > 100, "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    }

    fn many_rows_are_walked_and_few_are_sorted(lab) {
        bench_data::make_customers(&lab.owner, lab.admin.tenant.id, 20_000).unwrap();
        let customers = crate::common::lab::entity("customers");
        let request = |filter: &str, sort: &str| ListRequest {
            filter: parse_filter(customers, filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake}")),
            sort: parse_sort(customers, sort).unwrap(),
            ..ListRequest::all(customers, 50)
        };
        let plan = |filter: &str, sort: &str| lab.store.plan(&lab.admin, &request(filter, sort)).unwrap();
        // What stands in every address and in no name: the index of names is asked.
        assert_eq!(lab.store.list(&lab.admin, &request("name:canal", "name")).unwrap().rows.len(), 0);
        assert!(is_by_index(&plan("name:canal", "name"), &[], lab.is_postgres()), "{:#?}", plan("name:canal", "name"));
        // What is rare beside what is common, and one of several that are rare.
        for filter in [
            "status:active name:zzz",
            "status:active zzz",
            "name:zzz,yyy",
            "name=zzz,yyy",
            "name:zzz or company:yyy",
            "name:zzz or phone:0490000",
            "name~ZZZ-[0-9]",
        ] {
            let plan = plan(filter, "name");
            assert!(is_by_index(&plan, &["name_key"], lab.is_postgres()), "{filter}: {plan:#?}");
        }
        // Ranges apart from each other, said so or by a not.
        for filter in [
            "balance<-99990 or balance>99990",
            "-balance>-99990",
            "-(balance<99990)",
            "created:1990-01-01,1991-01-01",
            "-created>1991-01-01",
            "-balance>=-99990 status:active",
        ] {
            for sort in ["name", "wallet_balance", "-created_at", "number,name"] {
                let plan = plan(filter, sort);
                assert!(is_by_index(&plan, &["wallet_balance", "created_at"], lab.is_postgres()), "{filter} by {sort}: {plan:#?}");
                assert!(!plan.iter().any(|line| line.starts_with("SCAN c")), "{filter} by {sort}: {plan:#?}");
            }
        }
        // What a partner sees is found by whose it is.
        let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
        for name in ["Zuri", "Zawadi", "Amina"] {
            lab.make("customers.create", &[("name", name), ("organization", "ours")]);
        }
        let partner = lab.make("users.create", &[("username", "partner"), ("roles", "super_admin"), ("partner", &ours.to_string())]);
        let partner = lab.session_of(&lab.admin, partner);
        for (filter, names) in [("", ["Amina", "Zawadi", "Zuri"].as_slice()), ("status:active name~^Z", &["Zawadi", "Zuri"])] {
            let plan = lab.store.plan(&partner, &request(filter, "name")).unwrap();
            assert!(is_by_index(&plan, &["organization_id"], lab.is_postgres()), "{filter}: {plan:#?}");
            let seen = ListRequest { effort: Effort::Rows(100), ..request(filter, "name") };
            let page = lab.store.list(&partner, &seen).unwrap();
            let seen: Vec<&str> = page.rows.iter().map(|row| row.get("name").as_str()).collect();
            assert_eq!((seen.as_slice(), page.looked), (names, None), "{filter}");
        }
        // Kinds that are seen for one of several reasons as well, and rare ones among them.
        for kind in ["tickets", "invoices", "notes", "devices"] {
            let kind = crate::common::lab::entity(kind);
            let seen = ListRequest { effort: Effort::GLANCE, ..ListRequest::all(kind, 50) };
            let plan = lab.store.plan(&partner, &seen).unwrap();
            assert!(lab.is_postgres() || !plan.iter().any(|line| line.starts_with("SCAN c")), "{}: {plan:#?}", kind.name);
            assert!(lab.store.list(&partner, &seen).unwrap().looked.is_none());
        }
        // However deep they lie in each other.
        let deep = (0..12).fold("name~z".to_owned(), |inner, n| format!("(name=a{n} (name~b or {inner}))"));
        assert_eq!(lab.store.list(&lab.admin, &request(&deep, "name")).unwrap().rows.len(), 0);
        // What is nearly all is walked, and no further than one waits.
        let whole = lab.store.list(&lab.admin, &request("-balance:99999.99", "name")).unwrap();
        let glance = ListRequest { effort: Effort::GLANCE, ..request("-balance:99999.99", "name") };
        assert_eq!(lab.store.list(&lab.admin, &glance).unwrap().rows, whole.rows);
        if lab.is_postgres() {
            return;
        }
        let sorts = |plan: &[String]| plan.iter().any(|line| line.contains("TEMP B-TREE FOR ORDER BY"));
        for (filter, sort, column, sorted) in [
            ("status:active", "wallet_balance", "customers_wallet_balance_index", false),
            ("status:active,suspended", "name", "customers_name_key_index", false),
            ("balance<500000", "name", "customers_name_key_index", false),
            ("status:active", "name", "customers_status_name_key_index", false),
            ("created>2023-11-16", "created_at", "customers_created_at_index", false),
            ("phone:49", "name", "customers_name_key_index", false),
            ("-status:suspended,terminated", "wallet_balance", "customers_wallet_balance_index", false),
            ("status:terminated", "wallet_balance", "customers_status_", true),
            ("balance<-99990", "name", "customers_wallet_balance_index", true),
        ] {
            let plan = plan(filter, sort);
            let named = plan.iter().any(|line| line.starts_with("SEARCH c USING INDEX") && line.contains(column));
            assert!(named && sorts(&plan) == sorted, "{filter} by {sort}: {plan:#?}");
        }
    }

    fn what_no_index_knows_is_looked_for_no_further_than_one_waits(lab) {
        bench_data::make_customers(&lab.owner, lab.admin.tenant.id, 20_000).unwrap();
        let customers = crate::common::lab::entity("customers");
        let request = |filter: &str, sort: &str, effort: Effort| ListRequest {
            filter: parse_filter(customers, filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake}")),
            sort: parse_sort(customers, sort).unwrap(),
            effort,
            ..ListRequest::all(customers, 50)
        };
        let ids = |page: &Page| page.rows.iter().map(|row| row.id).collect::<Vec<_>>();
        // Nobody is called so: 5,000 are looked at, and 5,000 more whenever one asks for them, from both ends.
        for backwards in [false, true] {
            let mut request = request(r"name~^\d{9}$", "name", Effort::Rows(5_000));
            request.from = if backwards { From::End } else { From::Start };
            let mut looks = 0;
            loop {
                let page = lab.store.list(&lab.admin, &request).unwrap();
                assert_eq!(page.rows.len(), 0);
                let Some(looked) = page.looked else { break };
                assert!(if backwards { page.more_before } else { page.more_after });
                looks += 1;
                request.from = if backwards { From::Before(looked) } else { From::After(looked) };
            }
            assert_eq!(looks, 4, "backwards {backwards}");
        }
        // It is counted no further. So few as there are here are sorted also by what has no order of its own.
        let pattern = request(r"name~^\d{9}$", "name,created_at", Effort::Rows(5_000));
        let counted = |effort| lab.store.count(&lab.admin, customers, &pattern.filter, 100, effort).unwrap();
        assert_eq!(counted(Effort::Rows(5_000)), Count { number: 0, exact: false });
        assert_eq!(counted(Effort::Rows(20_001)), Count { number: 0, exact: true });
        assert_eq!(lab.store.list(&lab.admin, &pattern).unwrap().rows.len(), 0);
        // Beside what an index knows nothing else is looked at, however far away the rows stand.
        let few = Few { rows: 0, ..Few::default() };
        let many = Store::open(lab.store.target(), Options { few, ..Options::default() }).unwrap();
        for filter in ["status:terminated name~[0-9]", "-name:a status:terminated", "status:terminated (name:a or -company:b)"] {
            for sort in ["wallet_balance", "-name", ""] {
                let whole = lab.store.list(&lab.admin, &request(filter, sort, Effort::Whole)).unwrap();
                for (store, rows) in [(&lab.store, 100), (&many, 19_000)] {
                    let page = store.list(&lab.admin, &request(filter, sort, Effort::Rows(rows))).unwrap();
                    assert_eq!((ids(&page), page.looked), (ids(&whole), None), "{filter} by {sort}");
                }
            }
        }
    }

    fn what_is_found_of_one_kind_hides_no_other(lab) {
        for n in 0..1_000 {
            lab.make("customers.create", &[("name", &format!("Zebra {n}"))]);
        }
        lab.make("devices.create", &[("name", "zebra-olt"), ("device_type", "olt")]);
        lab.make("tickets.create", &[("title", "the zebra is down")]);
        lab.make("customers.create", &[("name", "Zebra")]);
        let kinds = |session: &headend::store::Session, text: &str| -> Vec<&'static str> {
            // The log of what was done tells of each of them too, after them.
            let found = lab.store.find(session, text, 6).unwrap().into_iter().map(|found| found.entity.name);
            found.filter(|kind| !["operations", "audit_log"].contains(kind)).collect()
        };
        for text in ["zebra", "ze", "zebr"] {
            assert_eq!(kinds(&lab.admin, text), ["customers", "devices", "tickets"], "{text}");
        }
        assert_eq!(kinds(&lab.admin, "000"), ["customers", "devices", "tickets"]);
        // What was said on a ticket, and why something is down, is found by any of its words.
        let ticket = lab.make("tickets.create", &[("title", "slow in the evening")]);
        lab.must("tickets.comment", ticket, &[("content", "the splitter at the Karen pole is corroded"), ("is_internal", "true")]);
        lab.make("sites.create", &[("name", "Karen POP")]);
        let times = [("starts_at", "2026-12-01T20:00:00Z"), ("ends_at", "2026-12-01T22:00:00Z"), ("timezone", "Africa/Nairobi")];
        let reason = [("site", "Karen POP"), ("reason", "a splitter is replaced")];
        lab.make("maintenance_windows.create", &[&times[..], &reason[..]].concat());
        assert_eq!(kinds(&lab.admin, "splitter"), ["maintenance_windows", "ticket_comments"]);
        // What goes by the very name comes first, among a thousand.
        let found = lab.store.find(&lab.admin, "zebra", 6).unwrap();
        assert_eq!((found[0].records[0].get("name").as_str(), found[0].records.len()), ("Zebra", 6));
        // Kinds without documents are found by their name.
        let found = lab.store.find(&lab.admin, "super_adm", 6).unwrap();
        assert_eq!((found[0].entity.name, found[0].records[0].get("name").as_str()), ("roles", "super_admin"));
        let found = lab.store.find(&lab.admin, "cus-000777", 6).unwrap();
        assert_eq!(found[0].records[0].get("name").as_str(), "Zebra 776");
        // Who may not see customers finds the others all the same.
        lab.make("roles.create", &[("name", "field"), ("permissions", r#"["devices.read", "tickets.read"]"#)]);
        let field = lab.user("field", "field");
        assert_eq!(kinds(&field, "zebra"), ["devices", "tickets"]);
        assert_eq!(kinds(&field, "000"), ["devices", "tickets"]);
    }

    fn one_of_several_words_is_asked_for(lab) {
        for (name, tags) in [("one", "50%, a, b_c"), ("two", "access"), ("three", "b.c, a b")] {
            lab.make("devices.create", &[("name", name), ("device_type", "olt"), ("tags", tags)]);
        }
        let devices = crate::common::lab::entity("devices");
        for (filter, names) in [
            ("tags=a", &["one"][..]),
            ("tags=ACCESS", &["two"]),
            ("tags=b_c", &["one"]),
            ("tags=b.c", &["three"]),
            ("tags=\"a b\"", &["three"]),
            ("tags=50%", &["one"]),
            ("-tags=a", &["two", "three"]),
            ("tags:a", &["one", "two", "three"]),
            ("tags=a,access", &["one", "two"]),
            ("tags~^a$", &["one"]),
            ("tags~^a", &["one", "two", "three"]),
            ("tags~\", \"", &[]),
        ] {
            let filter = parse_filter(devices, filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake}"));
            let shown = format!("{filter:?}");
            let request = ListRequest { filter, ..ListRequest::all(devices, 50) };
            let rows = lab.store.list(&lab.admin, &request).unwrap().rows;
            let mut listed: Vec<&str> = rows.iter().map(|row| row.get("name").as_str()).collect();
            listed.sort_by_key(|name| ["one", "two", "three"].iter().position(|known| known == name));
            assert_eq!(listed, names, "{shown}");
        }
    }

    fn words_of_a_list_are_found_by_their_index(lab) {
        let mut raw = lab.raw();
        let tenant = raw.id(lab.admin.tenant.id);
        let now = if lab.is_postgres() { "now()" } else { "1795000000000000" };
        // Some have one that nearly all have, few have another.
        let devices: Vec<Id> = (0..60)
            .map(|n| {
                let tags = if n % 20 == 0 { "core, rare" } else { "core" };
                let (name, tags) = (format!("device {n:03}"), if n % 6 == 5 { "" } else { tags });
                lab.make("devices.create", &[("name", &name), ("device_type", "olt"), ("tags", tags)])
            })
            .collect();
        let store = planning_store(lab);
        let kind = crate::common::lab::entity("devices");
        let request = |filter: &str, sort: &str| ListRequest {
            filter: parse_filter(kind, filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake}")),
            sort: parse_sort(kind, sort).unwrap(),
            ..ListRequest::all(kind, 50)
        };
        let by_index = |filter: &str, sort: &str| {
            let plan = store.plan(&lab.admin, &request(filter, sort)).unwrap();
            let index = "device_tags_tag_device_id_index";
            let is_read = plan.iter().any(|line| line.contains(index));
            assert!(is_read && is_by_index(&plan, &[], lab.is_postgres()), "{filter} by {sort}: {plan:#?}");
        };
        for filter in ["tags=RARE", "tags:rare", "tags~^ra", "tags=rare,other", "tags=rare name:device"] {
            for sort in ["name", "-created_at", ""] {
                by_index(filter, sort);
            }
        }
        let listed = |store: &Store, filter: &str| -> Vec<Id> {
            let page = store.list(&lab.admin, &ListRequest { limit: 100, effort: Effort::GLANCE, ..request(filter, "name") }).unwrap();
            assert!(page.looked.is_none(), "{filter}");
            page.rows.iter().map(|row| row.id).collect()
        };
        let expected = |takes: &dyn Fn(usize) -> bool| -> Vec<Id> {
            devices.iter().enumerate().filter(|(n, _)| takes(*n)).map(|(_, id)| *id).collect()
        };
        // What has too many rows to be taken is walked to, and what has too many words to be gone through is found all the
        // same.
        let few = Few { rows: 2, documents: 2, taken: 2 };
        let many = Store::open(lab.store.target(), Options { few, ..Options::default() }).unwrap();
        let check = |store: &Store| {
            assert_eq!(listed(store, "tags=rare"), expected(&|n| n % 20 == 0));
            assert_eq!(listed(store, "tags=core"), expected(&|n| n % 6 != 5));
            assert_eq!(listed(store, "tags:cor,rar -tags:zzz"), expected(&|n| n % 6 != 5));
            assert_eq!(listed(store, "tags~^c.re$"), expected(&|n| n % 6 != 5));
            assert_eq!(listed(store, "has:tags"), expected(&|n| n % 6 != 5));
            assert_eq!(listed(store, "no:tags"), expected(&|n| n % 6 == 5));
            assert_eq!(store.values_of(&lab.admin, kind, kind.field("tags").unwrap(), "RA", 5).unwrap(), ["rare"]);
        };
        check(&lab.store);
        check(&many);
        let last = raw.id(devices[5]);
        for n in 0..1_100 {
            let id = raw.id(Id::new());
            raw.execute(&format!(
                "INSERT INTO device_tags (id, tenant_id, device_id, tag, created_at, updated_at) VALUES ({id}, {tenant}, {last}, 'z{n:04}', {now}, {now})"
            ));
        }
        let devices_with = |takes: &dyn Fn(usize) -> bool| expected(&|n| takes(n) || n == 5);
        for store in [&lab.store, &many] {
            assert_eq!(listed(store, "tags=rare"), expected(&|n| n % 20 == 0));
            assert_eq!(listed(store, "tags=Rare,core"), expected(&|n| n % 6 != 5));
            assert_eq!(listed(store, "tags:rare"), expected(&|n| n % 20 == 0));
            assert_eq!(listed(store, "tags~^rar"), expected(&|n| n % 20 == 0));
            assert_eq!(listed(store, "has:tags"), devices_with(&|n| n % 6 != 5));
            assert_eq!(store.values_of(&lab.admin, kind, kind.field("tags").unwrap(), "rAr", 5).unwrap(), ["rare"]);
        }
    }

    fn devices_are_found_by_their_health(lab) {
        let mut raw = lab.raw();
        let devices: Vec<Id> = (0..40)
            .map(|n| {
                let id = lab.make("devices.create", &[("name", &format!("device {n:03}")), ("device_type", "olt")]);
                let health = if n % 15 == 7 { "down" } else { "up" };
                let row = raw.id(id);
                raw.execute(&format!("UPDATE device_health SET health = '{health}' WHERE device_id = {row}"));
                id
            })
            .collect();
        let kind = crate::common::lab::entity("devices");
        let few = Few { rows: 5, documents: 5, taken: 5 };
        let many = Store::open(lab.store.target(), Options { few, ..Options::default() }).unwrap();
        for (filter, is_down) in [
            ("health:down", true),
            ("is:problem", true),
            ("-health:up", true),
            ("-is:problem", false),
            ("health:up", false),
            ("health:up,down -health:up name:device", true),
            ("health:down or name:zzz", true),
        ] {
            for store in [&lab.store, &many] {
                for sort in ["name", "-created_at", "health,name"] {
                    let request = ListRequest {
                        filter: parse_filter(kind, filter, lab.locale()).unwrap(),
                        sort: parse_sort(kind, sort).unwrap(),
                        limit: 100,
                        effort: Effort::Rows(10),
                        ..ListRequest::all(kind, 50)
                    };
                    let page = store.list(&lab.admin, &request).unwrap();
                    let mut found: Vec<Id> = page.rows.iter().map(|row| row.id).collect();
                    found.sort();
                    let expected = devices.iter().enumerate().filter(|(n, _)| (n % 15 == 7) == is_down).map(|(_, id)| *id);
                    // So few as are down are found without looking at the others; what most are is walked to.
                    if is_down {
                        assert_eq!((found, page.looked), (expected.collect(), None), "{filter} by {sort}");
                        let count = store.count(&lab.admin, kind, &request.filter, 100, Effort::Rows(10)).unwrap();
                        assert_eq!(count, Count { number: 3, exact: true }, "{filter}");
                    } else {
                        let whole = ListRequest { effort: Effort::Whole, ..request };
                        let mut all: Vec<Id> = store.list(&lab.admin, &whole).unwrap().rows.iter().map(|row| row.id).collect();
                        all.sort();
                        assert_eq!(all, expected.collect::<Vec<_>>(), "{filter} by {sort}");
                    }
                }
            }
        }
    }

    fn a_phone_number_is_found_as_it_is_said(lab) {
        for (name, phone) in [("Amina", "+254728541394"), ("Brian", "+254 716 334 702"), ("Chao", "tel. +254.711.000.111"), ("Dida", "0728541394")] {
            lab.make("customers.create", &[("name", name), ("phone", phone)]);
        }
        let customers = crate::common::lab::entity("customers");
        let listed = |filter: &str| -> Vec<String> {
            let filter = parse_filter(customers, filter, lab.locale()).unwrap_or_else(|mistake| panic!("{filter}: {mistake}"));
            let request = ListRequest { filter, ..ListRequest::all(customers, 50) };
            lab.store.list(&lab.admin, &request).unwrap().rows.iter().map(|row| row.get("name").as_str().to_owned()).collect()
        };
        for (filter, names) in [
            ("phone:0716334702", &["Brian"][..]),
            ("phone=0716334702", &["Brian"]),
            ("phone=\"0716 334-702\"", &["Brian"]),
            ("phone=+254728541394", &["Amina", "Dida"]),
            ("phone=254728541394", &["Amina", "Dida"]),
            ("phone=+255728541394", &["Dida"]),
            ("phone=0728541394", &["Amina", "Dida"]),
            ("phone:0711000111", &["Chao"]),
            ("phone:0716", &["Brian"]),
            ("phone:254", &["Amina", "Brian", "Chao"]),
            ("phone:tel", &["Chao"]),
            ("0728541394", &["Amina", "Dida"]),
            ("0711000111", &["Chao"]),
            ("+254716334702", &["Brian"]),
            ("-0728541394", &["Brian", "Chao"]),
            ("0728 541 394", &["Amina", "Dida"]),
            ("0716-334-702", &["Brian"]),
            ("(0711) 000111 chao", &["Chao"]),
            ("+254 728-541-394", &["Amina", "Dida"]),
            ("0716 334", &["Brian"]),
            ("-(0728 541 394)", &["Brian", "Chao"]),
        ] {
            assert_eq!(listed(filter), names, "{filter}");
        }
        for typed in ["0716334702", "0716 334 702", "(0716) 334-702", "+254-716-334-702", "716 334 702"] {
            let found = lab.store.find(&lab.admin, typed, 6).unwrap();
            let names: Vec<&str> = found.iter().flat_map(|of| &of.records).map(|record| record.get("name").as_str()).collect();
            assert_eq!(names, ["Brian"], "{typed}");
        }
    }
}
