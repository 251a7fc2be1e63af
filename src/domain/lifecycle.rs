//! State machines: which moves are open from which state.

/// One listed move: a named operation that takes a record from any of `from` to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// The verb people use: `suspend`, `reactivate`, `retire`.
    pub verb: &'static str,
    pub from: &'static [&'static str],
    pub to: &'static str,
}

/// All states of a kind of record and the moves between them. What is not listed is refused.
#[derive(Clone, Copy, Debug)]
pub struct Lifecycle {
    /// `customer`, `device`: for messages.
    pub of: &'static str,
    pub states: &'static [&'static str],
    pub initial: &'static str,
    pub moves: &'static [Move],
}

impl Lifecycle {
    /// The state that `verb` leads to from `state`.
    ///
    /// # Errors
    /// Words that name the present state and the moves open from it.
    pub fn follow(&self, verb: &str, state: &str) -> Result<&'static str, String> {
        self.moves
            .iter()
            .find(|m| m.verb == verb && m.from.contains(&state))
            .map(|m| m.to)
            .ok_or_else(|| self.refusal(verb, state))
    }

    /// The moves open from a state.
    pub fn open_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Move> {
        self.moves.iter().filter(move |m| m.from.contains(&state))
    }

    fn refusal(&self, verb: &str, state: &str) -> String {
        let read = |verb: &str| verb.replace('_', " ");
        let mut open: Vec<String> = self.open_from(state).map(|m| read(m.verb)).collect();
        open.dedup();
        let (Self { of, .. }, verb) = (self, read(verb));
        if open.is_empty() {
            format!("cannot {verb}: the {of} is {state}, which is final")
        } else {
            format!("cannot {verb}: the {of} is {state}; open from there: {}", open.join(", "))
        }
    }
}
