//! Second factors of people: generators of one-time codes, recovery codes, and what the login asks of them.

use rand::Rng as _;

use super::connection::Connection;
use super::entity::{Condition, Entity, Field, Owner};
use super::field::Made;
use super::model::table;
use super::operation::{Does, Operation, Request, Undo};
use super::record::Record;
use super::schema::TABLES;
use super::session::Session;
use super::sql::Statement;
use super::users::{end_other_logins, require_no_less};
use super::vault::{Place, TenantKeys};
use super::write::Writing;
use super::{Failure, Store, StoreError};
use crate::domain::second_factor::{
    Checked, RECOVERY_CODES, SECRET_BYTES, check_code, check_secret, is_recovery_code, link, read_recovery_codes,
    recovery_codes, written,
};
use crate::domain::secret::Secret;
use crate::domain::time::Instant;
use crate::domain::{Id, Kind, Value};

pub static USER_FACTORS: Entity = Entity {
    name: "user_factors",
    singular: "second factor",
    table: &table(TABLES, "user_factors"),
    label: "name",
    fields: &[
        Field::text("name", 100).read_only(),
        Field::of("kind", Kind::Choice(&["totp", "recovery_code"])).read_only(),
        Field::reference("user", "user_id", "users").read_only(),
        Field::of("secret", Kind::Secret).read_only().never_shown(),
        Field::of("confirmed_at", Kind::Instant).read_only(),
        Field::of("last_used_at", Kind::Instant).read_only(),
        Field::of("used_at", Kind::Instant).read_only(),
        Field::of("created_at", Kind::Instant).read_only().sorted_by("created_at"),
    ],
    conditions: &[
        Condition { name: "generator", means: "kind:totp" },
        Condition { name: "unconfirmed", means: "kind:totp confirmed_at:" },
        Condition { name: "unused", means: "kind:recovery_code used_at:" },
    ],
    owner: Some(Owner { field: "user", shared: false }),
    overseen_with: Some("users.lock"),
    // The generator comes before its recovery codes.
    shows: &["user"],
    default_sort: "created_at",
    ..Entity::PLAIN
};

const WANTED: &str = "a code is wanted too: the one that the generator shows, or a recovery code";
const WRONG: &str = "wrong code: the one that the generator shows now, or a recovery code that was not used yet";
const USED: &str = "this code was used already, or a later one was: wait for the next one";

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

fn fresh_secret() -> Secret {
    written(&random::<SECRET_BYTES>())
}

fn fresh_codes() -> Secret {
    recovery_codes(&std::array::from_fn::<_, RECOVERY_CODES, _>(|_| random()))
}

fn link_of(session: &Session, secret: &Secret) -> Secret {
    link(secret, &session.tenant.display_name, session.actor_name())
}

// ---- enrolling

/// Makes a generator that is not asked for yet: it is once it has shown a right code.
fn enrol(writing: &mut Writing<'_>, request: &Request) -> Result<Vec<Id>, StoreError> {
    if writing.session.user().is_none() {
        return Err(StoreError::refused("a generator belongs to a person"));
    }
    let Value::Secret(secret) = request.value("secret") else {
        return Err(StoreError::invalid("secret", "is required"));
    };
    check_secret(secret).map_err(|why| StoreError::invalid("secret", why))?;
    let name = Value::text(owned(writing, request.value("name").as_str()));
    let mine = [("user_id", writing.person()), ("name", name.clone())];
    if !writing.ids_where(&USER_FACTORS, &mine)?.is_empty() {
        return Err(StoreError::invalid("name", "one of yours is called so: give it another name"));
    }
    let values = vec![("name", name), ("kind", Value::text("totp")), ("secret", request.value("secret").clone())];
    Ok(vec![writing.make(&USER_FACTORS, values)?])
}

/// `phone of amina`: whoever helps somebody else sees whose it is.
fn owned(writing: &Writing<'_>, name: &str) -> String {
    format!("{} of {}", name.trim(), writing.session.actor_name()).chars().take(100).collect()
}

/// The code that the generator shows proves that it is the right one; from now on the login asks for it.
fn confirm(writing: &mut Writing<'_>, factor: &Record, request: &Request) -> Result<(), StoreError> {
    if !is_generator(factor) {
        return Err(StoreError::refused("cannot confirm: it is a recovery code, and no generator"));
    }
    let user = require_own(writing, factor, "confirm")?;
    let secret = open(writing, factor)?;
    let wrong = |why: &str| StoreError::invalid("code", why);
    match check_code(&secret, request.value("code").as_str(), writing.now, None) {
        Ok(Checked::Right(step)) => {
            writing.set(factor, vec![("confirmed_at", Value::Instant(writing.now))], None)?;
            let spent = Fitting { factor: factor.id, step: Some(step) };
            spent.spend(writing.connection, writing.session, writing.now).map_err(|_| wrong(USED))?;
        }
        Ok(Checked::Used | Checked::Wrong) => {
            return Err(wrong(
                "is not what this generator shows now: look at it again, and at the clock of its device",
            ));
        }
        Err(why) => return Err(wrong(&why)),
    }
    // What was opened with the password alone is opened anew.
    end_other_logins(writing, user)?;
    make_codes(writing, user, request)
}

/// New recovery codes in the place of the ones before, whichever of one's factors was pointed at.
fn renew_codes(writing: &mut Writing<'_>, factor: &Record, request: &Request) -> Result<(), StoreError> {
    let user = require_own(writing, factor, "renew")?;
    if !has_generator(writing, user)? {
        return Err(StoreError::refused("cannot renew: confirm a generator first, recovery codes come with it"));
    }
    make_codes(writing, user, request)
}

/// Takes a factor away. Recovery codes stand in for a generator: they go with the last one.
fn remove(writing: &mut Writing<'_>, factor: &Record, _: &Request) -> Result<(), StoreError> {
    let user = factor.get("user_id").as_id().ok_or_else(|| StoreError::unexpected("a second factor of nobody"))?;
    require_no_less(writing, user)?;
    writing.remove(factor)?;
    if has_generator(writing, user)? { Ok(()) } else { remove_codes(writing, user) }
}

fn has_generator(writing: &mut Writing<'_>, user: Id) -> Result<bool, StoreError> {
    let factors = writing.look_all(&USER_FACTORS, "user_id", user)?;
    Ok(factors.iter().any(|factor| is_generator(factor) && !factor.get("confirmed_at").is_empty()))
}

fn is_generator(factor: &Record) -> bool {
    factor.get("kind").as_str() == "totp"
}

fn require_own(writing: &Writing<'_>, factor: &Record, verb: &str) -> Result<Id, StoreError> {
    let user = factor.get("user_id").as_id();
    user.filter(|user| writing.session.user() == Some(*user))
        .ok_or_else(|| StoreError::refused(format!("cannot {verb}: it is somebody else's")))
}

fn make_codes(writing: &mut Writing<'_>, user: Id, request: &Request) -> Result<(), StoreError> {
    remove_codes(writing, user)?;
    let Value::Secret(codes) = request.value("recovery_codes") else {
        return Err(StoreError::invalid("recovery_codes", "is required"));
    };
    let codes = read_recovery_codes(codes).map_err(|why| StoreError::invalid("recovery_codes", why))?;
    for (index, code) in codes.into_iter().enumerate() {
        let values = vec![
            ("name", Value::text(owned(writing, &format!("recovery code {}", index + 1)))),
            ("kind", Value::text("recovery_code")),
            ("secret", Value::Secret(code)),
        ];
        writing.make(&USER_FACTORS, values)?;
    }
    Ok(())
}

fn remove_codes(writing: &mut Writing<'_>, user: Id) -> Result<(), StoreError> {
    for factor in writing.take_all(&USER_FACTORS, "user_id", user)? {
        if !is_generator(&factor) {
            writing.remove(&factor)?;
        }
    }
    Ok(())
}

fn place(tenant: Id, factor: Id) -> Place<'static> {
    Place { table: USER_FACTORS.table.name, tenant, row: factor, column: "secret" }
}

fn open(writing: &Writing<'_>, factor: &Record) -> Result<Secret, StoreError> {
    let Value::Sealed(sealed) = factor.get("secret") else {
        return Err(StoreError::refused(format!("{}: there is no secret in it", factor.title())));
    };
    let plain = writing.keys.unseal(place(writing.session.tenant.id, factor.id), sealed)?;
    text_of(&plain)
}

fn text_of(plain: &[u8]) -> Result<Secret, StoreError> {
    let text = std::str::from_utf8(plain).map_err(|_| StoreError::unexpected("a second factor is no text"))?;
    Ok(Secret::new(text.to_owned()))
}

/// Takes a code once, whoever else tries the same one at this moment: a row changes, or none. A generator's is that of a
/// step, a recovery code has none.
fn taken(session: &Session, factor: Id, step: Option<i64>, now: Instant) -> Statement {
    let mut statement = Statement::fixed();
    statement.push("UPDATE user_factors SET last_used_at = ").bind_instant(now);
    match step {
        Some(step) => statement.push(format!(", last_step = {step}")),
        None => statement.push(", used_at = ").bind_instant(now),
    };
    statement.push(" WHERE tenant_id = ").bind_id(session.tenant.id).push(" AND id = ").bind_id(factor);
    match step {
        Some(step) => statement.push(format!(" AND (last_step IS NULL OR last_step < {step})")),
        None => statement.push(" AND used_at IS NULL"),
    };
    statement
}

// ---- at the login

/// A factor that the login takes.
struct Factor {
    id: Id,
    is_generator: bool,
    secret: Secret,
    last_step: Option<i64>,
}

/// A code that fits: what it is of, and what is spent with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fitting {
    factor: Id,
    /// Of a generator; a recovery code has none.
    step: Option<i64>,
}

impl Fitting {
    /// What let somebody in besides the password, as the audit log calls it.
    pub(super) const fn name(self) -> &'static str {
        if self.step.is_some() { "totp" } else { "recovery_code" }
    }

    /// Spends it: each code counts once, whoever else has the same one at this moment.
    ///
    /// # Errors
    /// [`Failure::WrongCode`] where somebody was faster.
    pub(super) fn spend(self, connection: &mut Connection, session: &Session, now: Instant) -> Result<(), StoreError> {
        match taken(session, self.factor, self.step, now).execute(connection)? {
            0 => Err(StoreError::failed(Failure::WrongCode(USED))),
            _ => Ok(()),
        }
    }
}

impl Store {
    /// Whether whoever has the password has the second factor too; none where there is none. A try is counted in the
    /// account's bucket before it is looked at. What fits is still to be spent.
    ///
    /// # Errors
    /// [`Failure::CodeWanted`] where none was given, [`Failure::WrongCode`] where it is wrong or was used,
    /// [`Failure::NotLoggedIn`] after too many, and what the database or the keys say.
    pub(super) fn check_second_factor(
        &self,
        program: &Session,
        user: Id,
        code: Option<&Secret>,
        bucket: &str,
        now: Instant,
    ) -> Result<Option<Fitting>, StoreError> {
        let factors = self.factors(program, user)?;
        if !factors.iter().any(|factor| factor.is_generator) {
            return Ok(None);
        }
        let Some(code) = code.map(Secret::reveal).filter(|code| !code.trim().is_empty()) else {
            return Err(StoreError::failed(Failure::CodeWanted(WANTED)));
        };
        self.take_try(program, bucket, now)?;
        let wrong = |why| Err(StoreError::failed(Failure::WrongCode(why)));
        let mut was_used = false;
        for factor in &factors {
            let fitting = |step| Ok(Some(Fitting { factor: factor.id, step }));
            if factor.is_generator {
                match check_code(&factor.secret, code, now, factor.last_step).map_err(StoreError::unexpected)? {
                    Checked::Right(step) => return fitting(Some(step)),
                    Checked::Used => was_used = true,
                    Checked::Wrong => {}
                }
            } else if is_recovery_code(factor.secret.reveal(), code) {
                if self.is_read_only() {
                    return wrong("a recovery code is used up, which a session that is read only cannot write down");
                }
                return fitting(None);
            }
        }
        wrong(if was_used { USED } else { WRONG })
    }

    /// The generators that were confirmed, and the recovery codes that were not used yet.
    fn factors(&self, program: &Session, user: Id) -> Result<Vec<Factor>, StoreError> {
        let rows = self.read(program, |reading| {
            let mut statement = Statement::fixed();
            statement
                .push("SELECT id AS i0, kind AS t1, secret AS s2, last_step AS l3 FROM user_factors WHERE tenant_id = ")
                .bind_id(program.tenant.id)
                .push(" AND user_id = ")
                .bind_id(user)
                .push(
                    " AND (kind = 'totp' AND confirmed_at IS NOT NULL OR kind = 'recovery_code' AND used_at IS NULL) \
                     ORDER BY kind DESC, id",
                );
            statement.load(reading.connection)
        })?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys = self.keys(program)?;
        // They were sealed anew since this program read its keys.
        let is_newer = |value: &Value| match value {
            Value::Sealed(sealed) => TenantKeys::key_of(sealed).is_some_and(|key| key > keys.newest()),
            _ => false,
        };
        if rows.iter().flat_map(|row| &row.0).any(is_newer) {
            self.forget_keys(program.tenant.id);
            keys = self.keys(program)?;
        }
        let factor = |row: &[Value]| match row {
            [Value::Id(id), kind, Value::Sealed(sealed), last_step] => {
                let plain = keys.unseal(place(program.tenant.id, *id), sealed)?;
                let (is_generator, last_step) = (kind.as_str() == "totp", last_step.as_int());
                Ok(Factor { id: *id, is_generator, secret: text_of(&plain)?, last_step })
            }
            _ => Err(StoreError::unexpected("user_factors holds a row without a secret")),
        };
        rows.iter().map(|row| factor(&row.0)).collect()
    }
}

const SET_ANEW: Undo = Undo::None("second factors are made anew");

pub(super) static ENTITIES: &[&Entity] = &[&USER_FACTORS];

const ENROLLED: &[Field] = &[
    Field::text("name", 100).required().default("phone"),
    Field::OWN_PASSWORD,
    Field::OWN_CODE,
    Field::made("secret", Made { fresh: fresh_secret, link: Some(link_of) }),
];
const CODES: Field = Field::made("recovery_codes", Made { fresh: fresh_codes, link: None });
const CONFIRMED: &[Field] = &[Field::text("code", 20).required().proving(), CODES];
const RENEWED: &[Field] = &[Field::OWN_PASSWORD, Field::OWN_CODE, CODES];
const REMOVED: &[Field] = &[Field::OWN_PASSWORD, Field::OWN_CODE];

pub(super) static OPERATIONS: &[Operation] = &[
    Operation::new("user_factors.enrol", &USER_FACTORS, Does::Make(enrol)).asking(ENROLLED).undone_by(SET_ANEW),
    Operation::new("user_factors.confirm", &USER_FACTORS, Does::Custom(confirm))
        .asking(CONFIRMED)
        .undone_by(SET_ANEW)
        .unless("confirmed_at", "cannot confirm: it was confirmed already"),
    Operation::new("user_factors.renew", &USER_FACTORS, Does::Custom(renew_codes)).asking(RENEWED).undone_by(SET_ANEW),
    Operation::new("user_factors.delete", &USER_FACTORS, Does::Custom(remove)).asking(REMOVED).undone_by(SET_ANEW),
];
