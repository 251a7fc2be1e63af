//! The SQL types of the model (`Id`, `Instant`, `Money`, `Json`, `Secret` and their like), and how
//! each travels to and from both databases.
//!
//! | type | PostgreSQL | SQLite |
//! |---|---|---|
//! | `Id` | `uuid` | `BLOB` of 16 bytes |
//! | `Instant` | `timestamptz` | `INTEGER`, microseconds since 1970 UTC |
//! | `Money` | `bigint`, ten-thousandths | `INTEGER`, the same |
//! | `Percent`, `Degrees` | `integer`, hundredths, millionths | `INTEGER`, the same |
//! | `Json` | `jsonb` | `TEXT` |
//! | `Secret` | `bytea`, ciphertext | `BLOB`, the same |
//! | `Ip`, `Cidr`, `Mac` | `inet`, `cidr`, `macaddr` | `TEXT`, canonical |

use std::io::Write;
use std::net::IpAddr;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::HasSqlType;
use diesel::sqlite::Sqlite;

use super::connection::MultiBackend;
use crate::domain;
use crate::domain::network::Mac as MacAddress;

/// The names that the schema uses.
pub mod sql {
    use diesel::query_builder::QueryId;
    use diesel::sql_types::SqlType;

    pub use diesel::sql_types::{BigInt as Long, Binary as Bytes, Bool, Date, Integer as Int, Nullable, Text};

    macro_rules! sql_type {
        ($($name:ident: $postgres:literal, $sqlite:literal;)*) => {$(
            #[derive(Debug, Clone, Copy, SqlType, QueryId, Default)]
            #[diesel(postgres_type(name = $postgres))]
            #[diesel(sqlite_type(name = $sqlite))]
            pub struct $name;
        )*};
    }

    sql_type! {
        Id: "uuid", "Binary";
        Money: "int8", "Long";
        Percent: "int4", "Integer";
        Degrees: "int4", "Integer";
        Instant: "timestamptz", "Long";
        Json: "jsonb", "Text";
        Secret: "bytea", "Binary";
        Ip: "inet", "Text";
        Cidr: "cidr", "Text";
        Mac: "macaddr", "Text";
    }
}

/// Rust's side of each type: a wrapper where the domain's own type must not know of databases.
macro_rules! travels {
    ($sql:ident, $rust:ident($inner:ty)) => {
        #[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
        #[diesel(sql_type = sql::$sql)]
        pub struct $rust(pub $inner);

        impl HasSqlType<sql::$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<sql::$sql>(lookup)
            }
        }

        impl ToSql<sql::$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((sql::$sql, self));
                Ok(IsNull::No)
            }
        }

        impl FromSql<sql::$sql, MultiBackend> for $rust {
            fn from_sql(raw: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                raw.from_sql::<$rust, sql::$sql>()
            }
        }

        impl From<$inner> for $rust {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }

        impl From<$rust> for $inner {
            fn from(kept: $rust) -> Self {
                kept.0
            }
        }
    };
}

travels!(Id, Id(domain::Id));
travels!(Money, Money(domain::Money));
travels!(Percent, Percent(domain::Percent));
travels!(Degrees, Degrees(domain::percent::Degrees));
travels!(Instant, Instant(domain::time::Instant));
travels!(Json, Json(serde_json::Value));
travels!(Secret, Sealed(Vec<u8>));
travels!(Ip, Ip(IpAddr));
travels!(Cidr, Cidr(ipnet::IpNet));
travels!(Mac, Mac(MacAddress));

/// Ids are named at every turn, and cheap to copy.
impl Copy for Id {}

// ---- Id

impl ToSql<sql::Id, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<sql::Id, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(&self.0.as_bytes()[..]);
        Ok(IsNull::No)
    }
}

fn id_of(bytes: &[u8]) -> deserialize::Result<Id> {
    domain::Id::from_slice(bytes).map(Id).ok_or_else(|| format!("an id has 16 bytes, not {}", bytes.len()).into())
}

impl FromSql<sql::Id, Pg> for Id {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        id_of(raw.as_bytes())
    }
}

impl FromSql<sql::Id, Sqlite> for Id {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        id_of(raw.read_blob())
    }
}

// ---- whole numbers of a unit

macro_rules! as_number {
    ($sql:ident, $rust:ident, $number:ty, $width:literal, $read:ident, $to:expr, $from:expr) => {
        impl ToSql<sql::$sql, Pg> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                let number: $number = $to(&self.0);
                out.write_all(&number.to_be_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl ToSql<sql::$sql, Sqlite> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                let number: $number = $to(&self.0);
                out.set_value(number);
                Ok(IsNull::No)
            }
        }

        impl FromSql<sql::$sql, Pg> for $rust {
            fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes: [u8; $width] = raw.as_bytes().try_into()?;
                $from(<$number>::from_be_bytes(bytes)).map($rust)
            }
        }

        impl FromSql<sql::$sql, Sqlite> for $rust {
            fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                $from(raw.$read()).map($rust)
            }
        }
    };
}

as_number!(Money, Money, i64, 8, read_long, |m: &domain::Money| m.ten_thousandths(), |n| Ok(
    domain::Money::from_ten_thousandths(n)
));
as_number!(Percent, Percent, i32, 4, read_integer, |p: &domain::Percent| p.hundredths(), |n| {
    domain::Percent::from_hundredths(n).ok_or_else(|| format!("{n} is no percentage in hundredths").into())
});
as_number!(Degrees, Degrees, i32, 4, read_integer, |d: &domain::percent::Degrees| d.millionths(), |n| {
    domain::percent::Degrees::from_millionths(n).ok_or_else(|| format!("{n} is no angle in millionths").into())
});

// ---- Instant

/// Microseconds from 1970, where Unix and SQLite count from, to 2000, where PostgreSQL does.
const EPOCHS_APART: i64 = 946_684_800_000_000;

fn instant_of(micros: Option<i64>) -> deserialize::Result<Instant> {
    micros
        .and_then(chrono::DateTime::from_timestamp_micros)
        .map(Instant)
        .ok_or_else(|| "a time beyond the calendar".into())
}

impl ToSql<sql::Instant, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&(self.0.timestamp_micros() - EPOCHS_APART).to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<sql::Instant, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Instant, Pg> for Instant {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 8] = raw.as_bytes().try_into()?;
        instant_of(i64::from_be_bytes(bytes).checked_add(EPOCHS_APART))
    }
}

impl FromSql<sql::Instant, Sqlite> for Instant {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        instant_of(Some(raw.read_long()))
    }
}

// ---- Json

/// What PostgreSQL's binary form of `jsonb` begins with.
const JSONB_VERSION: u8 = 1;

impl ToSql<sql::Json, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}

impl ToSql<sql::Json, Sqlite> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Json, Pg> for Json {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        match raw.as_bytes() {
            [JSONB_VERSION, text @ ..] => Ok(Self(serde_json::from_slice(text)?)),
            _ => Err("jsonb of an unknown version".into()),
        }
    }
}

impl FromSql<sql::Json, Sqlite> for Json {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(raw.read_text())?))
    }
}

// ---- Secret

impl ToSql<sql::Secret, Pg> for Sealed {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.0)?;
        Ok(IsNull::No)
    }
}

impl ToSql<sql::Secret, Sqlite> for Sealed {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(&self.0[..]);
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Secret, Pg> for Sealed {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(raw.as_bytes().to_vec()))
    }
}

impl FromSql<sql::Secret, Sqlite> for Sealed {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(raw.read_blob().to_vec()))
    }
}

// ---- addresses

/// PostgreSQL's own numbers for the families inside `inet` (`PGSQL_AF_INET`, `PGSQL_AF_INET6`).
const FAMILY_4: u8 = 2;
const FAMILY_6: u8 = 3;

fn write_inet(out: &mut impl Write, network: ipnet::IpNet, is_cidr: bool) -> std::io::Result<()> {
    let header = |family, length| [family, network.prefix_len(), u8::from(is_cidr), length];
    match network.addr() {
        IpAddr::V4(v4) => {
            out.write_all(&header(FAMILY_4, 4))?;
            out.write_all(&v4.octets())
        }
        IpAddr::V6(v6) => {
            out.write_all(&header(FAMILY_6, 16))?;
            out.write_all(&v6.octets())
        }
    }
}

fn read_inet(bytes: &[u8]) -> deserialize::Result<ipnet::IpNet> {
    let address: IpAddr = match bytes {
        [FAMILY_4, _, _, 4, octets @ ..] => <[u8; 4]>::try_from(octets)?.into(),
        [FAMILY_6, _, _, 16, octets @ ..] => <[u8; 16]>::try_from(octets)?.into(),
        _ => return Err("an address of an unknown family".into()),
    };
    Ok(ipnet::IpNet::new(address, bytes[1])?)
}

impl ToSql<sql::Ip, Pg> for Ip {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        write_inet(out, self.0.into(), false)?;
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Ip, Pg> for Ip {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(read_inet(raw.as_bytes())?.addr()))
    }
}

impl ToSql<sql::Cidr, Pg> for Cidr {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        write_inet(out, self.0, true)?;
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Cidr, Pg> for Cidr {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(read_inet(raw.as_bytes())?))
    }
}

impl ToSql<sql::Mac, Pg> for Mac {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.0.0)?;
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Mac, Pg> for Mac {
    fn from_sql(raw: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(MacAddress(raw.as_bytes().try_into()?)))
    }
}

/// On SQLite these three are their canonical text.
macro_rules! as_text {
    ($sql:ident, $rust:ident) => {
        impl ToSql<sql::$sql, Sqlite> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.0.to_string());
                Ok(IsNull::No)
            }
        }

        impl FromSql<sql::$sql, Sqlite> for $rust {
            fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(raw.read_text().parse()?))
            }
        }
    };
}

as_text!(Ip, Ip);
as_text!(Cidr, Cidr);
as_text!(Mac, Mac);
