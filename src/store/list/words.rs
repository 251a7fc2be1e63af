//! Free words: what a list shows of a record holds them. That is the record's own texts, and of other records that the list
//! shows beside it the number and the name. Each of these is looked for by its own index; words that no such record is
//! called by are looked for in the record's own texts alone.

use super::among::Among;
use super::compile::{Compiler, Reach, Way, expression};
use super::select::{names_are_told, shown_by};
use super::texts;
use crate::domain::filter::Resolved;
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
    /// The session is told no more of them than what the cells print.
    is_printed: bool,
    /// The path may lead to several of them.
    is_of_several: bool,
    /// Of each word, whether the number or name of such a record may hold it.
    may_hold: Vec<bool>,
}

/// What a group of words stands in: the record's own texts, or one of the other records.
type Place<'a> = Option<&'a Behind>;

/// Words that stand in one place.
#[derive(Clone)]
struct Group<'a> {
    place: Place<'a>,
    words: Vec<&'a str>,
}

impl PartialEq for Group<'_> {
    fn eq(&self, other: &Self) -> bool {
        let path = |group: &Self| group.place.map(|behind| behind.path);
        path(self) == path(other) && self.words == other.words
    }
}

/// The groups of one of the ways in which words may be spread. Words in what a single record refers to stand together; of
/// several records each word may stand in another.
fn groups_of<'a>(words: &'a [String], places: &[Vec<Place<'a>>], way: usize) -> Vec<Group<'a>> {
    let mut rest = way;
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (word, places) in words.iter().zip(places) {
        let place = places.get(rest % places.len()).copied().flatten();
        rest /= places.len();
        let stands_there = |group: &&mut Group<'a>| match (group.place, place) {
            (None, None) => true,
            (Some(one), Some(other)) => one.path == other.path && !other.is_of_several,
            _ => false,
        };
        match groups.iter_mut().find(stands_there) {
            Some(group) => group.words.push(word),
            None => groups.push(Group { place, words: vec![word] }),
        }
    }
    groups
}

/// A step from one kind of record to another.
#[derive(Clone, Copy)]
enum Step {
    /// To what a reference in this column points at.
    To(&'static str, &'static Entity),
    /// To what points here with this column, and is what a condition of that kind says, where one is named.
    From(&'static str, &'static Entity, Option<&'static str>),
}

impl Step {
    fn of(entity: &'static Entity, name: &'static str) -> Option<Self> {
        if let Some(field) = entity.field(name).filter(|field| field.reference.is_some()) {
            return Some(Self::To(field.column()?, entities::find(field.reference?)?));
        }
        let (name, condition) = match name.split_once('[') {
            Some((name, condition)) => (name, condition.strip_suffix(']')),
            None => (name, None),
        };
        let relation = entities::relations(entity).iter().find(|relation| relation.name == name)?;
        Some(Self::From(relation.column, entities::find(relation.entity)?, condition))
    }

    const fn target(self) -> &'static Entity {
        match self {
            Self::To(_, target) | Self::From(_, target, _) => target,
        }
    }
}

fn split(path: &'static str) -> (&'static str, Option<&'static str>) {
    path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)))
}

/// What words may be looked for in at the end of a path.
fn behind(reading: &Reading<'_>, entity: &'static Entity, path: &'static str) -> Option<Behind> {
    let (mut target, mut is_printed, mut is_of_several) = (entity, false, false);
    for name in path.split('.') {
        let step = Step::of(target, name)?;
        target = step.target();
        is_printed |= !names_are_told(reading.session, target);
        is_of_several |= matches!(step, Step::From(..));
    }
    let behind = Behind { path, target, is_printed, is_of_several, may_hold: Vec::new() };
    (!called(target, is_printed).is_empty()).then_some(behind)
}

/// What a record is known by where it is referred to: all that it is called by, or what a cell prints to anybody.
fn called(entity: &'static Entity, is_printed: bool) -> Vec<&'static Field> {
    let mut fields = entity.called_by();
    if is_printed {
        fields.retain(|field| field.name == shown_by(entity));
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
        if ways.is_some_and(|ways| ways <= MOST_WAYS)
            && !matches!(self.way, Way::Tested)
            && let Some((found, reach)) = self.in_each_way(reading, words, &places)?
        {
            statement.append(found);
            return Ok(reach);
        }
        self.push_each(statement, reading, words, &places)
    }

    /// The other records in which one of the words may stand, as far as an index does not say that none is called so.
    fn behind(&self, reading: &mut Reading<'_>, words: &[String]) -> Result<Vec<Behind>, StoreError> {
        let mut behind = Vec::new();
        for path in self.entity.shows {
            behind.extend(self::behind(reading, self.entity, path));
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
        let sought = |word: &String| Sought::words(std::slice::from_ref(word));
        let asked: Vec<(&'static Entity, Option<Sought>)> = targets
            .iter()
            .flat_map(|target| words.iter().map(|word| (*target, is_in_document(target).then(|| sought(word)))))
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
    fn in_each_way<'a>(
        &self,
        reading: &mut Reading<'_>,
        words: &'a [String],
        places: &[Vec<Place<'a>>],
    ) -> Result<Option<(Statement, Reach)>, StoreError> {
        let ways = places.iter().map(Vec::len).product::<usize>();
        // The same words in the same place belong to several ways: they are asked about once.
        let mut known: Vec<(Group<'a>, (Statement, Reach))> = Vec::new();
        let (mut each, mut worst) = (Vec::with_capacity(ways), Reach::Few);
        for way in 0..ways {
            let mut parts = Vec::new();
            for group in groups_of(words, places, way) {
                let part = match known.iter().find(|(other, _)| *other == group) {
                    Some((_, part)) => part.clone(),
                    None => {
                        let mut part = Statement::new();
                        let reach = self.push_group(&mut part, reading, &group)?;
                        known.push((group.clone(), (part.clone(), reach)));
                        (part, reach)
                    }
                };
                parts.push((group, part));
            }
            let best = parts.iter().map(|(_, (_, reach))| *reach).min().unwrap_or(Reach::Looked);
            if best == Reach::Looked {
                return Ok(None);
            }
            worst = worst.max(best);
            let mut all = Statement::new();
            for (index, (group, (mut part, reach))) in parts.into_iter().enumerate() {
                if reach > best {
                    part = self.tested(reading, &group, part)?;
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

    /// The condition of a group that is looked at among few others: SQLite is kept from its index.
    fn tested(&self, reading: &mut Reading<'_>, group: &Group<'_>, part: Statement) -> Result<Statement, StoreError> {
        if reading.connection.is_postgres() || matches!(self.way, Way::Tested) {
            return Ok(part);
        }
        let mut tested = Statement::new();
        Self { way: Way::Tested, ..*self }.push_group(&mut tested, reading, group)?;
        Ok(tested)
    }

    /// Appends that each word stands in one place or another.
    fn push_each(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
        places: &[Vec<Place<'_>>],
    ) -> Result<Reach, StoreError> {
        let mut all = Vec::with_capacity(words.len());
        for (word, places) in words.iter().zip(places) {
            let (mut each, mut worst) = (Vec::with_capacity(places.len()), Reach::Few);
            for place in places {
                let group = Group { place: *place, words: vec![word.as_str()] };
                let mut part = Statement::new();
                worst = worst.max(self.push_group(&mut part, reading, &group)?);
                each.push((group, part));
            }
            all.push((each, worst));
        }
        let best = all.iter().map(|(_, reach)| *reach).min().unwrap_or(Reach::Looked);
        let worst = all.iter().map(|(_, reach)| *reach).max().unwrap_or(Reach::Looked);
        for (index, (each, reach)) in all.into_iter().enumerate() {
            let mut parts = Vec::with_capacity(each.len());
            for (group, part) in each {
                let among_few = best == Reach::Few && reach > best;
                parts.push(if among_few { self.tested(reading, &group, part)? } else { part });
            }
            statement.push(if index == 0 { "(" } else { " AND " });
            self.push_or(statement, reading, parts, reach);
        }
        statement.push(")");
        Ok(if best == Reach::Few { best } else { worst })
    }

    /// Appends that all words of a group stand in its place.
    fn push_group(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        group: &Group<'_>,
    ) -> Result<Reach, StoreError> {
        let words: Vec<String> = group.words.iter().map(|word| (*word).to_owned()).collect();
        match group.place {
            Some(Behind { path, is_printed, .. }) => {
                Self { is_printed: *is_printed, ..*self }.push_behind(statement, reading, path, &words)
            }
            None => self.push_words(statement, reading, &words),
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
            Step::From(column, _, condition) => {
                let among = other.push_among(statement, reading, ("c.id", column), |statement, reading| {
                    statement.push(format!("c.{column} IS NOT NULL AND "));
                    if let Some(condition) = condition {
                        other.push(statement, reading, &Resolved::Is(condition.to_owned()))?;
                        statement.push(" AND ");
                    }
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
            for (index, field) in called(self.entity, self.is_printed).into_iter().enumerate() {
                statement.push(if index == 0 { "" } else { " OR " });
                texts::push_holds(statement, &expression(field, postgres), word, postgres);
            }
            statement.push(")");
        }
        Ok(reach)
    }

    /// Appends `… AND `, where few documents hold the words, in whatever text.
    fn push_documents_called(
        &self,
        statement: &mut Statement,
        reading: &mut Reading<'_>,
        words: &[String],
    ) -> Result<Reach, StoreError> {
        let (sought, most) = (Sought::words(words), self.most_documents(reading));
        if !is_in_document(self.entity) || texts::is_walked(reading, self.entity, &sought, most)? {
            return Ok(Reach::Looked);
        }
        texts::push_documents(statement, reading, self.entity, &sought, most);
        statement.push(" AND ");
        Ok(Reach::Few)
    }
}

/// Whether what stands in the number or name of a record stands in its document.
fn is_in_document(entity: &'static Entity) -> bool {
    entity.called_by().iter().all(|field| entity.search.contains(&field.name))
}
