//! A made-up fibre provider as rows for import: the same ones every time, whoever runs it.

mod day;

use std::net::{IpAddr, Ipv4Addr};

use chrono::TimeDelta;
use serde::Deserialize;

use crate::domain::Value;
use crate::domain::filter::Resolved;
use crate::domain::money::Money;
use crate::domain::percent::Degrees;
use crate::domain::time::Instant;
use crate::store::bulk::{BulkRow, BulkRules, Phase, RowProblem, Rows, Source, Watch, importing};
use crate::store::{Entity, Request, Session, Store, StoreError, entities, operation};

const ISP: &str = include_str!("../../assets/demo/isp.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Isp {
    first_names: Vec<String>,
    last_names: Vec<String>,
    companies: Vec<String>,
    streets: Vec<String>,
    notes: Vec<String>,
    plans: Vec<Plan>,
    sites: Vec<Site>,
    models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    name: String,
    kind: String,
    down: i64,
    up: i64,
    price: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    name: String,
    code: String,
    city: String,
    latitude: String,
    longitude: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    manufacturer: String,
    model: String,
    device_type: String,
    ports: i64,
}

/// How much is made up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    pub customers: u64,
    pub devices: u64,
}

impl Scale {
    pub const SMALL: Self = Self { customers: 2_000, devices: 300 };
    pub const LARGE: Self = Self { customers: 100_000, devices: 5_000 };
}

/// Fills an organisation.
///
/// # Errors
/// What the database says.
pub fn fill(store: &Store, session: &Session, scale: Scale) -> Result<(), StoreError> {
    let isp: Isp = toml::from_str(ISP).map_err(|error| StoreError::unexpected(format!("assets/demo: {error}")))?;
    let world = World { isp: &isp, scale, now: store.now() };
    let bring = |name: &'static str, count: usize, make: &dyn Fn(&'static Entity, u64) -> BulkRow| {
        let entity = entities::find(name).ok_or_else(|| StoreError::unexpected(name))?;
        let operation = importing(entity).ok_or_else(|| StoreError::unexpected(name))?;
        let mut wrong = None;
        let rows = MadeUp { count: count as u64, make: &|index| make(entity, index) };
        let told = store.import(session, operation, &rows, BulkRules::default(), &mut Strict(&mut wrong))?;
        match wrong {
            Some(wrong) if told.bad > 0 => Err(StoreError::unexpected(format!("{name}: {wrong}"))),
            _ => Ok(()),
        }
    };
    let mut makers: Vec<&str> = isp.models.iter().map(|model| model.manufacturer.as_str()).collect();
    makers.sort_unstable();
    makers.dedup();
    bring("plans", isp.plans.len(), &|entity, index| world.plan(entity, index))?;
    bring("sites", isp.sites.len(), &|entity, index| world.site(entity, index))?;
    bring("manufacturers", makers.len(), &|entity, index| {
        Row::of(entity, index).text("name", *pick(&makers, index)).done()
    })?;
    bring("device_models", isp.models.len(), &|entity, index| world.model(entity, index))?;
    bring("customers", usize::try_from(scale.customers).unwrap_or(0), &|entity, index| world.customer(entity, index))?;
    let devices = usize::try_from(scale.devices).unwrap_or(0);
    bring("devices", devices, &|entity, index| world.device(entity, index))?;
    checks_often(store, session)?;
    day::live(store, session)
}

/// Rows made as they are asked for.
struct MadeUp<'a> {
    count: u64,
    make: &'a dyn Fn(u64) -> BulkRow,
}

impl Source for MadeUp<'_> {
    fn rows(&self) -> Result<Rows<'_>, StoreError> {
        Ok(Box::new((0..self.count).map(|index| Ok((self.make)(index)))))
    }
}

/// Made-up rows are right; the first that is not is a defect.
struct Strict<'a>(&'a mut Option<String>);

impl Watch for Strict<'_> {
    fn problem(&mut self, line: u64, problem: &RowProblem) {
        self.0.get_or_insert_with(|| format!("{line}: {}: {}: {}", problem.field, problem.value, problem.why));
    }

    fn progress(&mut self, _: Phase, _: u64) -> bool {
        true
    }
}

/// A row in the making.
struct Row(&'static Entity, BulkRow);

impl Row {
    fn of(entity: &'static Entity, index: u64) -> Self {
        Self(entity, BulkRow { line: index + 1, ..BulkRow::default() })
    }

    fn put(mut self, field: &str, value: Value) -> Self {
        if let Some(field) = self.0.field(field) {
            self.1.values.push((field, value));
        }
        self
    }

    fn text(self, field: &str, text: impl Into<String>) -> Self {
        self.put(field, Value::text(text))
    }

    fn int(self, field: &str, int: i64) -> Self {
        self.put(field, Value::Int(int))
    }

    fn done(self) -> BulkRow {
        self.1
    }
}

fn pick<T>(from: &[T], by: u64) -> &T {
    &from[usize::try_from(by % from.len() as u64).unwrap_or(0)]
}

/// The same for the same index and purpose, and no pattern to the eye (SplitMix64).
fn chance(index: u64, purpose: u64) -> u64 {
    let mut z = index.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(purpose.wrapping_mul(0xD1B5_4A32_D192_ED03));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Every device has an address of its own, none of them 127.0.0.1.
fn address(index: u64) -> Ipv4Addr {
    let place = u32::try_from(index).unwrap_or(0);
    // 250 of each 256: none ends in 0 or 255.
    Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 10, 0, 1)) + (place / 250) * 256 + place % 250)
}

struct World<'a> {
    isp: &'a Isp,
    scale: Scale,
    now: Instant,
}

/// What a device is to the network, by its place in the list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Core(u64),
    Aggregation(u64),
    Switch(u64),
    Olt(u64),
    Server(u64),
    Sensor(u64),
    Onu(u64),
}

/// Core routers.
const CORES: u64 = 2;
/// OLTs at a site.
const OLTS: u64 = 2;

impl World<'_> {
    fn plan(&self, entity: &'static Entity, index: u64) -> BulkRow {
        let plan = pick(&self.isp.plans, index);
        Row::of(entity, index)
            .text("name", &plan.name)
            .text("kind", &plan.kind)
            .int("download_mbps", plan.down)
            .int("upload_mbps", plan.up)
            .put("price", Money::parse(&plan.price).map_or(Value::Null, Value::Money))
            .done()
    }

    fn site(&self, entity: &'static Entity, index: u64) -> BulkRow {
        let site = pick(&self.isp.sites, index);
        let degrees = |text: &str| Degrees::parse(text).map_or(Value::Null, Value::Degrees);
        Row::of(entity, index)
            .text("name", &site.name)
            .text("city", &site.city)
            .text("country", "Kenya")
            .put("latitude", degrees(&site.latitude))
            .put("longitude", degrees(&site.longitude))
            .done()
    }

    fn model(&self, entity: &'static Entity, index: u64) -> BulkRow {
        let model = pick(&self.isp.models, index);
        Row::of(entity, index)
            .text("model", &model.model)
            .text("manufacturer", &model.manufacturer)
            .text("device_type", &model.device_type)
            .int("total_ports", model.ports)
            .done()
    }

    fn customer(&self, entity: &'static Entity, index: u64) -> BulkRow {
        let isp = self.isp;
        let business = chance(index, 1).is_multiple_of(12);
        let (first, last) = (pick(&isp.first_names, chance(index, 2)), pick(&isp.last_names, chance(index, 3)));
        let plan = if business { 3 + chance(index, 4) % 2 } else { chance(index, 4) % 3 };
        let status = match chance(index, 5) % 100 {
            0..=89 => "active",
            90..=94 => "suspended",
            95..=98 => "expired",
            _ => "terminated",
        };
        // Those at work run out within the month, those that expired did so within the last.
        let hours = i64::try_from(chance(index, 6) % 720).unwrap_or(0);
        let expires =
            if status == "expired" { -1 - hours } else { hours - i64::from(chance(index, 7).is_multiple_of(50)) * 730 };
        let plain: String = crate::domain::text::fold(last).chars().filter(char::is_ascii_alphanumeric).collect();
        let street = pick(&isp.streets, chance(index, 8));
        let mut row = Row::of(entity, index)
            .text("number", format!("CUS-{:06}", index + 1))
            .text("name", format!("{first} {last}"))
            .text("email", format!("{plain}{}@example.com", index + 1))
            .text("phone", format!("+2547{:08}", chance(index, 9) % 100_000_000))
            .text("address", format!("{street} {}", 1 + chance(index, 10) % 240))
            .text("plan", &pick(&isp.plans, plan).name)
            .text("status", status)
            .text("connection_type", if business { "static" } else { "pppoe" })
            .text("username", format!("{plain}{}", index + 1))
            .text("notes", pick(&isp.notes, chance(index, 11)))
            .put("expires_at", Value::Instant(self.now + TimeDelta::hours(expires)));
        if business {
            row = row.text("company", pick(&isp.companies, chance(index, 12)));
        }
        row.done()
    }

    fn sites(&self) -> u64 {
        self.isp.sites.len() as u64
    }

    fn part(&self, index: u64) -> Part {
        let sites = self.sites();
        let mut rest = index;
        for (count, part) in [
            (CORES, Part::Core as fn(u64) -> Part),
            (sites, Part::Aggregation),
            (sites, Part::Switch),
            (sites * OLTS, Part::Olt),
            (2, Part::Server),
            (sites, Part::Sensor),
        ] {
            if rest < count {
                return part(rest);
            }
            rest -= count;
        }
        Part::Onu(rest)
    }

    /// The number of the `nth` device of a part, which is how others name it as their parent.
    fn number(&self, part: Part) -> String {
        let sites = self.sites();
        let index = match part {
            Part::Core(n) => n,
            Part::Aggregation(n) => CORES + n,
            Part::Switch(n) => CORES + sites + n,
            Part::Olt(n) => CORES + sites * 2 + n,
            Part::Server(n) => CORES + sites * (2 + OLTS) + n,
            Part::Sensor(n) => CORES + sites * (2 + OLTS) + 2 + n,
            Part::Onu(n) => CORES + sites * (3 + OLTS) + 2 + n,
        };
        format!("DEV-{:06}", index + 1)
    }

    fn device(&self, entity: &'static Entity, index: u64) -> BulkRow {
        let sites = self.sites();
        let part = self.part(index);
        let (site, name, model, parent, tags) = match part {
            Part::Core(n) => (0, format!("core{}.hq", n + 1), 0, None, "core"),
            Part::Aggregation(n) => (n, format!("agg1.{}", self.code(n)), 1, Some(Part::Core(n % CORES)), "backbone"),
            Part::Switch(n) => (n, format!("sw1.{}", self.code(n)), 2, Some(Part::Aggregation(n)), "access"),
            Part::Olt(n) => {
                let site = n % sites;
                (site, format!("olt{}.{}", 1 + n / sites, self.code(site)), 3, Some(Part::Switch(site)), "access, gpon")
            }
            Part::Server(n) => (0, format!("srv{}.hq", n + 1), 6, Some(Part::Switch(0)), "servers"),
            Part::Sensor(n) => (n, format!("temp1.{}", self.code(n)), 5, Some(Part::Switch(n)), "environment"),
            Part::Onu(n) => {
                let olt = n % (sites * OLTS);
                (olt % sites, format!("ONU-{:05}", n + 1), 4, Some(Part::Olt(olt)), "customer")
            }
        };
        let model = pick(&self.isp.models, model);
        let status = if index % 97 == 60 { "maintenance" } else { "active" };
        let mut row = Row::of(entity, index)
            .text("number", format!("DEV-{:06}", index + 1))
            .text("name", name)
            .text("device_type", &model.device_type)
            .text("model", &model.model)
            .text("site", &pick(&self.isp.sites, site).name)
            .put("management_ip", Value::Ip(IpAddr::V4(address(index))))
            .text("status", status)
            .text("serial_number", format!("{}{:010X}", &model.model[..2], chance(index, 20) & 0xff_ffff_ffff))
            .text("tags", tags)
            .int("total_ports", model.ports)
            .text("check", self.check(index));
        if let Some(parent) = parent {
            row = row.text("parent", self.number(parent));
        }
        if let Part::Onu(n) = part {
            row = row.text("customer", format!("CUS-{:06}", 1 + chance(n, 21) % self.scale.customers));
        }
        row.done()
    }

    fn code(&self, site: u64) -> &str {
        &pick(&self.isp.sites, site).code
    }

    /// Most are pinged. A few are asked for a port that nobody listens on, so that something is down,
    /// and one OLT of them has an ONU below it, which is then unreachable.
    fn check(&self, index: u64) -> &'static str {
        if matches!(self.part(index), Part::Olt(5) | Part::Sensor(7) | Part::Onu(5 | 41 | 77)) {
            "tcp:9"
        } else {
            "icmp"
        }
    }
}

/// Intervals that let one see it live.
fn checks_often(store: &Store, session: &Session) -> Result<(), StoreError> {
    let name = "device_checks.update";
    let update = operation::find(name).ok_or_else(|| StoreError::unexpected(name))?;
    let every = [("interval_seconds", 10), ("retry_interval_seconds", 2), ("timeout_ms", 500), ("max_attempts", 3)];
    let mut request = Request::new(update);
    for (field, value) in every {
        request = request.with(field, Value::Int(value));
    }
    request.aims = store.mark(session, update.entity, &Resolved::All, &mut |_| true)?;
    store.perform(session, &request).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_parts_fit_each_other() {
        let isp: Isp = toml::from_str(ISP).unwrap();
        let world = World { isp: &isp, scale: Scale::SMALL, now: chrono::Utc::now() };
        for index in 0..300 {
            assert_eq!(world.number(world.part(index)), format!("DEV-{:06}", index + 1));
        }
        // The ONU that is unreachable hangs below the OLT that is down.
        let olt = 5 % (world.sites() * OLTS);
        assert_eq!(olt, 5);
    }
}
