//! The signs that stand beside colours, so that no state is told by colour alone.

/// One set of signs. Each is one cell wide, except `ellipsis` in ASCII.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Signs {
    pub up: &'static str,
    pub down: &'static str,
    pub flapping: &'static str,
    pub incident: &'static str,
    pub unknown: &'static str,
    pub maintenance: &'static str,
    pub unreachable: &'static str,
    pub pending: &'static str,
    pub ok: &'static str,
    pub wrong: &'static str,
    /// A millionth, before a unit.
    pub micro: &'static str,
    /// What goes when it is saved.
    pub removed: &'static str,
    pub cursor: &'static str,
    pub mark: &'static str,
    pub crumb: &'static str,
    pub sort_up: &'static str,
    pub sort_down: &'static str,
    pub ellipsis: &'static str,
    pub dot: &'static str,
    pub choice: &'static str,
    pub checked: &'static str,
    pub unchecked: &'static str,
    pub masked: &'static str,
    pub frozen: &'static str,
    pub horizontal: &'static str,
    pub vertical: &'static str,
    pub top_left: &'static str,
    pub top_right: &'static str,
    pub bottom_left: &'static str,
    pub bottom_right: &'static str,
    pub thumb: &'static str,
    pub bar_full: &'static str,
    pub bar_empty: &'static str,
    pub spinner: &'static [&'static str],
    /// Whether keys are shown as words.
    pub ascii: bool,
}

impl Signs {
    /// The signs of a terminal that shows Unicode.
    pub const UNICODE: Self = Self {
        up: "▲",
        down: "▼",
        flapping: "~",
        incident: "!",
        unknown: "?",
        maintenance: "◇",
        unreachable: "↯",
        pending: "◌",
        ok: "✓",
        wrong: "✗",
        micro: "µ",
        removed: "−",
        cursor: "▌",
        mark: "●",
        crumb: "▸",
        sort_up: "↑",
        sort_down: "↓",
        ellipsis: "…",
        dot: "·",
        choice: "▾",
        checked: "[x]",
        unchecked: "[ ]",
        masked: "•",
        frozen: "∥",
        horizontal: "─",
        vertical: "│",
        top_left: "┌",
        top_right: "┐",
        bottom_left: "└",
        bottom_right: "┘",
        thumb: "┃",
        bar_full: "█",
        bar_empty: "░",
        spinner: &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"],
        ascii: false,
    };

    /// The signs of any terminal.
    pub const ASCII: Self = Self {
        up: "^",
        down: "v",
        flapping: "~",
        incident: "!",
        unknown: "?",
        maintenance: "m",
        unreachable: "x",
        pending: "o",
        ok: "+",
        wrong: "x",
        micro: "u",
        removed: "-",
        cursor: ">",
        mark: "*",
        crumb: ">",
        sort_up: "^",
        sort_down: "v",
        ellipsis: "..",
        dot: "-",
        choice: "v",
        checked: "[x]",
        unchecked: "[ ]",
        masked: "*",
        frozen: "=",
        horizontal: "-",
        vertical: "|",
        top_left: "+",
        top_right: "+",
        bottom_left: "+",
        bottom_right: "+",
        thumb: "#",
        bar_full: "#",
        bar_empty: ".",
        spinner: &["|", "/", "-", "\\"],
        ascii: true,
    };

    /// One of the two sets.
    #[must_use]
    pub const fn of(ascii: bool) -> &'static Self {
        const UNICODE: &Signs = &Signs::UNICODE;
        const ASCII: &Signs = &Signs::ASCII;
        if ascii { ASCII } else { UNICODE }
    }
}
