//! Free words: what a list shows of a record holds them. That is the record's own texts, and of other records that the list
//! shows beside it the number and the name. Each of these is looked for by its own index; words that no such record is
//! called by are looked for in the record's own texts alone.

use super::among::Among;
use super::compile::{Compiler, Reach, Way, expression};
use super::texts;
use crate::domain::Kind;
use crate::store::entity::{Entity, Field};
use crate::store::read::Reading;
use crate::store::search::{self, Sought};
use crate::store::sql::Statement;
use crate::store::{StoreError, entities};

/// Ways in which words may be spread over a record and those that it points at, which are looked for one by one.
const MOST_WAYS: usize = 16;

/// Other records in whose numbers and names words may stand.
#[derive(Clone)]
struct Behind {
    /// Over references and relations, as [`Entity::shows`] has it.
    path: &'static str,
    target: &'static Entity,
    /// Of each word, whether the number or name of such a record may hold it.
    may_hold: Vec<bool>,
}

/// What a group of words stands in: the record's own texts, or one of the other records.
type Place<'a> = Option<&'a Behind>;

/// A step from one kind of record to another.
#[derive(Clone, Copy)]
enum Step {
    /// To what a reference in this column points at.
    To(&'static str, &'static Entity),
    /// To what points here with this column.
    From(&'static str, &'static Entity),
}

impl Step {
    fn of(entity: &'static Entity, name: &str) -> Option<Self> {
        if let Some(field) = entity.field(name).filter(|field| field.reference.is_some()) {
            return Some(Self::To(field.column()?, entities::find(field.reference?)?));
        }
        let relation = entities::relations(entity).iter().find(|relation| relation.name == name)?;
        Some(Self::From(relation.column, entities::find(relation.entity)?))
    }

    const fn target(self) -> &'static Entity {
        match self {
            Self::To(_, target) | Self::From(_, target) => target,
        }
    }
}

fn split(path: &'static str) -> (&'static str, Option<&'static str>) {
    path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)))
}

/// The kind of record at the end of a path; `None` where the session may not see one on the way.
fn end_of(reading: &Reading<'_>, entity: &'static Entity, path: &'static str) -> Option<&'static Entity> {
    path.split('.').try_fold(entity, |entity, name| {
        let target = Step::of(entity, name)?.target();
        reading.session.may(&target.permission("read")).then_some(target)
    })
}

/// What a record is called by where it is pointed at: its number and its name.
fn called_by(entity: &'static Entity) -> Vec<&'static Field> {
    let mut fields: Vec<&Field> = Vec::with_capacity(2);
    for field in ["number", entity.label].into_iter().filter_map(|name| entity.field(name)) {
        let is_own_text = matches!(field.kind, Kind::Text) && field.reference.is_none() && field.column().is_some();
        if is_own_text && !fields.iter().any(|known| known.name == field.name) {
            fields.push(field);
        }
    }
    fields
}

impl Compiler<'_> {
    /// Appends the condition that what the list shows of a record holds all of these folded words.
    pub(super) fn push_shown(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        let behind = self.behind(reading, words)?;
        if behind.is_empty() {
            return self.push_words(statement, reading, words);
        }
        let places_of = |word: usize| -> Vec<Place<'_>> {
            let others = behind.iter().filter(move |behind| behind.may_hold.get(word) == Some(&true));
            std::iter::once(None).chain(others.map(Some)).collect()
        };
        let places: Vec<Vec<Place<'_>>> = (0..words.len()).map(places_of).collect();
        let ways = places.iter().try_fold(1_usize, |ways, places| ways.checked_mul(places.len()));
        if ways.is_some_and(|ways| ways <= MOST_WAYS) && !matches!(self.way, Way::Tested) {
            if let Some((found, reach)) = self.in_each_way(reading, words, &places)? {
                statement.append(found);
                return Ok(reach);
            }
        }
        self.push_each(statement, reading, words, &places)
    }

    /// The other records in which one of the words may stand: those that the session may see, as far as an index does not say
    /// that none is called so.
    fn behind(&self, reading: &mut Reading<'_>, words: &[String]) -> Result<Vec<Behind>, StoreError> {
        let mut behind = Vec::new();
        for path in self.entity.shows {
            let target = end_of(reading, self.entity, path).filter(|target| !called_by(target).is_empty());
            behind.extend(target.map(|target| Behind { path, target, may_hold: vec![true; words.len()] }));
        }
        if behind.is_empty() {
            return Ok(behind);
        }
        let mut targets: Vec<&'static Entity> = Vec::new();
        for Behind { target, .. } in &behind {
            if !targets.contains(target) {
                targets.push(target);
            }
        }
        let asked: Vec<(&'static Entity, Vec<Sought>)> = targets
            .iter()
            .flat_map(|target| words.iter().map(|word| (*target, sought_in_calls(target, word))))
            .collect();
        let may_hold = search::may_hold(reading, &asked)?;
        for behind in &mut behind {
            let first = targets.iter().position(|target| *target == behind.target).unwrap_or(0) * words.len();
            behind.may_hold = may_hold.iter().skip(first).take(words.len()).copied().collect();
        }
        behind.retain(|behind| behind.may_hold.contains(&true));
        Ok(behind)
    }

    /// The records in which the words are spread in one way or another, where an index finds those of each way; `None` where
    /// rows have to be looked at.
    fn in_each_way(
        &self,
        reading: &mut Reading<'_>,
        words: &[String],
        places: &[Vec<Place<'_>>],
    ) -> Result<Option<(Statement, Reach)>, StoreError> {
        let ways = places.iter().map(Vec::len).product::<usize>();
        let (mut each, mut worst) = (Vec::with_capacity(ways), Reach::Few);
        for way in 0..ways {
            let mut rest = way;
            let mut groups: Vec<(Place<'_>, Vec<String>)> = Vec::new();
            for (word, places) in words.iter().zip(places) {
                let place = places[rest % places.len()];
                rest /= places.len();
                let is_it = |group: &&mut (Place<'_>, Vec<String>)| match (group.0, place) {
                    (None, None) => true,
                    (Some(one), Some(other)) => one.path == other.path,
                    _ => false,
                };
                match groups.iter_mut().find(is_it) {
                    Some((_, group)) => group.push(word.clone()),
                    None => groups.push((place, vec![word.clone()])),
                }
            }
            let mut parts = Vec::with_capacity(groups.len());
            for (place, group) in &groups {
                let mut part = Statement::new();
                let reach = self.push_group(&mut part, reading, *place, group)?;
                parts.push((part, reach));
            }
            let best = parts.iter().map(|(_, reach)| *reach).min().unwrap_or(Reach::Looked);
            if best == Reach::Looked {
                return Ok(None);
            }
            worst = worst.max(best);
            let tested = Self { way: Way::Tested, ..*self };
            let mut all = Statement::new();
            for (index, ((mut part, reach), (place, group))) in parts.into_iter().zip(&groups).enumerate() {
                // Few are found, and the others are looked at among them.
                if reach > best && !reading.connection.is_postgres() {
                    part = Statement::new();
                    tested.push_group(&mut part, reading, *place, group)?;
                }
                all.push(if index == 0 { "(" } else { " AND " }).append(part);
            }
            all.push(")");
            each.push(all);
        }
        let mut found = Statement::new();
        self.push_or(&mut found, reading, each, worst);
        Ok(Some((found, worst)))
    }

    /// Appends that each word stands in one place or another.
    fn push_each(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
        places: &[Vec<Place<'_>>],
    ) -> Result<Reach, StoreError> {
        let (mut best, mut worst) = (Reach::Looked, Reach::Few);
        for (index, (word, places)) in words.iter().zip(places).enumerate() {
            let (mut each, mut reach) = (Vec::with_capacity(places.len()), Reach::Few);
            for place in places {
                let mut part = Statement::new();
                reach = reach.max(self.push_group(&mut part, reading, *place, std::slice::from_ref(word))?);
                each.push(part);
            }
            statement.push(if index == 0 { "(" } else { " AND " });
            self.push_or(statement, reading, each, reach);
            (best, worst) = (best.min(reach), worst.max(reach));
        }
        statement.push(")");
        Ok(if best == Reach::Few { best } else { worst })
    }

    /// Appends that all of these words stand in one place.
    fn push_group(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        place: Place<'_>,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        match place {
            Some(Behind { path, .. }) => self.push_behind(statement, reading, path, words),
            None => self.push_words(statement, reading, words),
        }
    }

    /// Appends that a record at the end of a path is called by all of these words.
    fn push_behind(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        path: &'static str,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        let (first, rest) = split(path);
        let Some(step) = Step::of(self.entity, first) else {
            return Err(StoreError::unexpected(format!("{} show no {path}", self.entity.name)));
        };
        let other = self.step(reading, step.target().name)?;
        let inner = |statement: &mut Statement, reading: &mut Reading<'_>| match rest {
            Some(rest) => other.push_behind(statement, reading, rest, words),
            None => other.push_called(statement, reading, words),
        };
        match step {
            Step::To(column, _) => self.push_weighed(statement, reading, Some(column), |statement, reading, aside| {
                let own = format!("{aside}c.{column}");
                let among = other.push_among(statement, reading, (&own, "id"), inner)?;
                Ok(if among == Among::Few { Reach::Known } else { Reach::Looked })
            }),
            Step::From(column, _) => {
                let among = other.push_among(statement, reading, ("c.id", column), |statement, reading| {
                    statement.push(format!("c.{column} IS NOT NULL AND "));
                    inner(statement, reading)
                })?;
                Ok(if among == Among::Few { Reach::Few } else { Reach::Looked })
            }
        }
    }

    /// Appends that the number or name of a record holds each of these words.
    fn push_called(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        let postgres = reading.connection.is_postgres();
        // Of few records all are looked at sooner than the index tells them from others that hold the word.
        let is_looked_at = self.entity.search.is_empty() || !postgres && self.is_small(reading)?;
        let reach = if is_looked_at { Reach::Looked } else { self.push_documents_called(statement, reading, words)? };
        for (index, word) in words.iter().enumerate() {
            statement.push(if index == 0 { "(" } else { " AND (" });
            for (index, field) in called_by(self.entity).into_iter().enumerate() {
                statement.push(if index == 0 { "" } else { " OR " });
                texts::push_holds(statement, &expression(field, postgres), word, postgres);
            }
            statement.push(")");
        }
        Ok(reach)
    }

    /// Appends `… AND `, where few documents hold the words: a single one in the number or in the name, several anywhere.
    fn push_documents_called(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        let sought = match words {
            [word] => sought_in_calls(self.entity, word),
            several => vec![Sought::words(several)],
        };
        let most = self.most_documents(reading);
        for sought in &sought {
            if texts::is_walked(reading, self.entity, sought, most)? {
                return Ok(Reach::Looked);
            }
        }
        if sought.is_empty() {
            return Ok(Reach::Looked);
        }
        for (index, sought) in sought.iter().enumerate() {
            statement.push(if index == 0 { "(" } else { " OR " });
            texts::push_documents(statement, reading, self.entity, sought, most);
        }
        statement.push(") AND ");
        Ok(Reach::Few)
    }
}

/// A word in the number or name of a record, as documents hold it; empty where not all of these are in documents.
fn sought_in_calls(entity: &'static Entity, word: &str) -> Vec<Sought> {
    let parts: Option<Vec<usize>> =
        called_by(entity).into_iter().map(|field| search::part_of(entity, field.name)).collect();
    parts.unwrap_or_default().into_iter().map(|part| Sought::within(part, word)).collect()
}
