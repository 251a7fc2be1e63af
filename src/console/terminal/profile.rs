//! What a terminal can show, from what its environment says.

use crate::console::theme::ColourDepth;

/// What a terminal can show, and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// How many colours.
    pub depth: ColourDepth,
    /// Only ASCII signs.
    pub ascii: bool,
    /// What people wrote is shown with letters beyond ASCII.
    pub letters: bool,
    /// Inside tmux, which wants some sequences wrapped.
    pub tmux: bool,
    /// Take the mouse from the start.
    pub mouse: bool,
    /// A console or an old terminal that would print what it does not know.
    pub simple: bool,
}

impl Profile {
    /// A terminal that shows everything; for tests and recordings.
    pub const FULL: Self =
        Self { depth: ColourDepth::True, ascii: false, letters: true, tmux: false, mouse: false, simple: false };

    /// Reads the environment of this process; `ascii` and `mouse` are what the person asked for. The mouse takes the
    /// terminal's own selection: over SSH only by wish.
    #[must_use]
    pub fn detect(ascii: bool, mouse: Option<bool>) -> Self {
        Self::from_environment(|name| std::env::var(name).ok(), ascii, mouse)
    }

    /// Reads an environment.
    #[must_use]
    pub fn from_environment(get: impl Fn(&str) -> Option<String>, ascii: bool, mouse: Option<bool>) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let simple = matches!(term.as_str(), "" | "dumb" | "linux" | "vt100" | "vt102" | "vt220" | "ansi" | "cons25");
        let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
        let locale = locale.to_ascii_lowercase();
        let utf8 = locale.contains("utf-8") || locale.contains("utf8");
        let ssh = ["SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"].iter().any(|name| set(name).is_some());
        Self {
            depth: depth(&term, &set),
            ascii: ascii || !utf8 || simple,
            letters: !ascii && utf8,
            tmux: set("TMUX").is_some(),
            mouse: mouse.unwrap_or(!ssh),
            simple,
        }
    }
}

fn depth(term: &str, set: &impl Fn(&str) -> Option<String>) -> ColourDepth {
    if set("NO_COLOR").is_some() || matches!(term, "" | "dumb" | "vt100" | "vt102" | "vt220") {
        return ColourDepth::Mono;
    }
    // GNU screen passes the outer terminal's word on and then garbles what it was promised.
    let screen = set("STY").is_some() && set("TMUX").is_none();
    let told = set("COLORTERM").is_some_and(|value| value == "truecolor" || value == "24bit");
    let known = ["kitty", "alacritty", "foot", "wezterm", "ghostty", "-direct"].iter().any(|name| term.contains(name));
    if (told || known) && !screen && term != "linux" {
        ColourDepth::True
    } else if term.contains("256color") {
        ColourDepth::Indexed
    } else {
        ColourDepth::Sixteen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(environment: &[(&str, &str)]) -> Profile {
        let get = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        Profile::from_environment(get, false, None)
    }

    #[test]
    fn colours_are_what_the_environment_promises() {
        use ColourDepth::{Indexed, Mono, Sixteen, True};
        for (environment, depth) in [
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")][..], True),
            (&[("TERM", "xterm-256color")], Indexed),
            (&[("TERM", "xterm")], Sixteen),
            (&[("TERM", "linux"), ("COLORTERM", "truecolor")], Sixteen),
            (&[("TERM", "xterm-kitty")], True),
            (&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")], Mono),
            (&[("TERM", "xterm-256color"), ("NO_COLOR", "")], Indexed),
            (&[("TERM", "screen-256color"), ("STY", "1.x"), ("COLORTERM", "truecolor")], Indexed),
            (&[("TERM", "dumb")], Mono),
            (&[], Mono),
        ] {
            assert_eq!(profile(environment).depth, depth, "{environment:?}");
        }
    }

    #[test]
    fn signs_are_unicode_only_where_it_is_promised() {
        let with = |locale| profile(&[("TERM", "xterm"), ("LANG", locale)]).ascii;
        assert!(!with("en_US.UTF-8") && !with("C.utf8") && with("C") && with(""));
        let console = profile(&[("TERM", "linux"), ("LANG", "C.UTF-8")]);
        assert!(console.ascii && console.letters, "it has letters and no lines");
        assert!(!profile(&[("TERM", "xterm"), ("LANG", "C")]).letters);
        assert!(!Profile::from_environment(|_| Some("C.UTF-8".into()), true, None).letters, "by wish");
    }

    #[test]
    fn the_mouse_is_left_to_the_terminal_over_ssh() {
        for reached in ["SSH_TTY", "SSH_CONNECTION", "SSH_CLIENT"] {
            let environment = [("TERM", "xterm"), (reached, "10.0.0.1 1 2")];
            assert!(!profile(&environment).mouse, "{reached}");
            let get = |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
            assert!(Profile::from_environment(get, false, Some(true)).mouse, "by wish");
        }
        assert!(profile(&[("TERM", "xterm")]).mouse);
        assert!(!Profile::from_environment(|_| None, false, Some(false)).mouse);
    }
}
