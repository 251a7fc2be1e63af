//! Every screen as every built-in role: what a role may see is offered, opens and shows its rows; what it may not is
//! not offered.

use std::collections::HashSet;

use headend::domain::filter::Resolved;
use headend::domain::words::Words;
use headend::resources::{self, Group, Resource};
use headend::store::Session;

use crate::common::Lab;
use crate::common::lab::PASSWORD;
use crate::journey::demo;
use crate::person::{ENTER, ESC, Person, Screen};

/// The sign of an error, whatever it says.
const WRONG: char = '✗';

fn sees_nothing_wrong(screen: &Screen, role: &str) {
    let text = screen.text();
    assert!(!text.contains(WRONG), "{role}:\n{text}");
}

/// The list of a resource, its first record's page, and back.
fn goes_through(screen: &Screen, lab: &Lab, session: &Session, role: &str, resource: &'static Resource) {
    let entity = resource.entity;
    let count =
        lab.store.count(session, entity, &Resolved::All, 100_000, headend::store::list::Effort::Whole).unwrap().number;
    screen.types(":");
    screen.sees("TYPING");
    screen.types(entity.name);
    screen.sees(&format!(": {}", entity.name));
    screen.types(ENTER);
    let here = |line: &str| line.contains(&format!("▸ {}", resource.title(Words::ENGLISH)));
    screen.until_lines(&format!("{role}: {} opens", entity.name), |lines| {
        let shown = lines.get(lines.len().saturating_sub(2)).is_some_and(|status| !status.trim().is_empty());
        let read = !lines.iter().any(|line| line.contains("reading …"));
        here(lines[0]) && shown && read && lines.iter().any(|line| line.contains(" · sort "))
    });
    sees_nothing_wrong(screen, role);
    let text = screen.text();
    let has_rows = text.lines().any(|line| line.starts_with('▌'));
    assert_eq!(has_rows, count > 0, "{role}, {}: {count} records, and this:\n{text}", entity.name);
    if has_rows {
        screen.types(ENTER);
        screen.until_lines(&format!("{role}: a page of {}", entity.name), |lines| {
            let hints = lines.last().is_some_and(|hints| hints.contains("KEYS") && !hints.contains("mark"));
            let first = lines.get(3).is_some_and(|line| line.starts_with('▌'));
            hints && first && lines[0].contains('▸') && !lines[0].contains(" ▸ … ")
        });
        sees_nothing_wrong(screen, role);
        screen.types(ESC);
        screen.until_lines(&format!("{role}: back to {}", entity.name), |lines| {
            here(lines[0]) && lines.last().is_some_and(|hints| hints.contains("mark"))
        });
    }
}

/// Logs in with a role and goes through its tabs; into each list and page where those are not what another role
/// has seen already.
fn looks_everywhere(lab: &Lab, role: &str, known: &mut HashSet<Vec<&'static str>>) {
    let session = lab.user(&format!("the_{role}"), role);
    let all = Group::ALL.into_iter().flat_map(|group| group.seen_by(&session)).map(|resource| resource.entity.name);
    let is_new = known.insert(all.collect());
    let hash = lab.raw().texts("password_hash", "FROM users WHERE username = 'admin'").remove(0);
    lab.raw().execute(&format!(
        "UPDATE users SET password_hash = '{hash}', must_change_password = false WHERE username = 'the_{role}'"
    ));
    let screen = Person::on(lab).called(&format!("the_{role}")).starts();
    screen.sees("Log in");
    screen.types(PASSWORD);
    screen.types(ENTER);
    screen.sees("1 Dashboard");
    screen.sees_no("TYPING");
    sees_nothing_wrong(&screen, role);
    for (index, group) in Group::ALL.into_iter().enumerate() {
        let offered = screen.text().lines().nth(1).unwrap().contains(group.title(Words::ENGLISH));
        let seen: Vec<_> = group.seen_by(&session).collect();
        assert_eq!(offered, !seen.is_empty(), "{role}, {}:\n{}", group.title(Words::ENGLISH), screen.text());
        if let Some(first) = seen.first() {
            screen.types(&((index + 2) % 10).to_string());
            screen.until_lines(&format!("{role}: tab {}", group.title(Words::ENGLISH)), |lines| {
                lines[0].contains(first.title(Words::ENGLISH))
            });
        }
        for resource in seen.into_iter().filter(|_| is_new) {
            goes_through(&screen, lab, &session, role, resource);
        }
    }
    // What it may not see does not open by its name either.
    let closed = |resource: &&Resource| !session.may(&resource.entity.permission("read"));
    if let Some(resource) = resources::all().find(closed) {
        screen.types(":");
        screen.sees("TYPING");
        screen.types(resource.entity.name);
        screen.sees(&format!(": {}", resource.entity.name));
        screen.types(ENTER);
        screen.sees("may not");
    }
}

crate::common::on_each_database! {
    fn every_role_goes_everywhere_it_may(lab) {
        demo(lab);
        let roles = lab.raw().texts("name", "FROM roles ORDER BY name");
        assert!(roles.len() > 10, "{roles:?}");
        let mut known = HashSet::new();
        for role in roles {
            looks_everywhere(lab, &role, &mut known);
        }
    }
}
