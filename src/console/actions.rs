//! The table of actions: what a person can do, one row each with its name, words, place and keys.
//!
//! Key map, hint line, `?`, `C-o` menu, command line, documents and read-only mode all read this
//! table. A screen declares its own rows with the same macro, [`actions!`](crate::actions). What they say
//! stands with the other texts, by their names.

use crate::domain::words::Words;
use crate::resources;
use crate::store::operation;

/// Where an action can be called from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// In every place, while typing too.
    Everywhere,
    /// In every place where letters are commands.
    Places,
    /// In a list of records.
    List,
    /// On the page of one record; the keys of a list work there too.
    Page,
    /// In a form.
    Form,
    /// Among the lines of a form; the keys of a form work there too.
    Lines,
    /// In the filter, command and find line.
    Line,
    /// In a dialog, a menu or a question.
    Dialog,
    /// In the chooser of a list's columns; the keys of a dialog work there too, as in those that follow.
    Columns,
    /// Among the saved views of a list.
    Views,
    /// Of one saved view.
    View,
    /// Where it is asked what to copy.
    Copy,
    /// Where it is asked what to do with a secret.
    Secret,
    /// Before a secret that was made and is shown once.
    Made,
    /// Among what an operation left as it was.
    Left,
    /// Where an unfinished form is offered.
    Draft,
}

impl Scope {
    /// Every scope, in the order help lists them.
    pub const ALL: [Self; 16] = [
        Self::Draft,
        Self::Left,
        Self::Made,
        Self::Secret,
        Self::Copy,
        Self::View,
        Self::Views,
        Self::Columns,
        Self::Dialog,
        Self::Line,
        Self::Lines,
        Self::Form,
        Self::Page,
        Self::List,
        Self::Places,
        Self::Everywhere,
    ];

    /// What help calls it.
    #[must_use]
    pub fn title(self, words: &Words) -> &str {
        words.get(match self {
            Self::Everywhere => "scope.everywhere",
            Self::Places => "scope.places",
            Self::List => "scope.list",
            Self::Page => "scope.page",
            Self::Form => "scope.form",
            Self::Lines => "scope.lines",
            Self::Line => "scope.line",
            Self::Dialog => "scope.dialog",
            Self::Columns => "scope.columns",
            Self::Views => "scope.views",
            Self::View => "scope.view",
            Self::Copy => "scope.copy",
            Self::Secret => "scope.secret",
            Self::Made => "scope.made",
            Self::Left => "scope.left",
            Self::Draft => "scope.draft",
        })
    }

    /// The scopes that are asked in a place of this kind, the innermost first.
    #[must_use]
    pub const fn stack(self) -> &'static [Self] {
        match self {
            Self::Everywhere => &[Self::Everywhere],
            Self::Places => &[Self::Places, Self::Everywhere],
            Self::List => &[Self::List, Self::Places, Self::Everywhere],
            Self::Page => &[Self::Page, Self::List, Self::Places, Self::Everywhere],
            Self::Form => &[Self::Form, Self::Everywhere],
            Self::Lines => &[Self::Lines, Self::Form, Self::Everywhere],
            Self::Line => &[Self::Line, Self::Everywhere],
            Self::Dialog => &[Self::Dialog, Self::Everywhere],
            Self::Columns => &[Self::Columns, Self::Dialog, Self::Everywhere],
            Self::Views => &[Self::Views, Self::Dialog, Self::Everywhere],
            Self::View => &[Self::View, Self::Dialog, Self::Everywhere],
            Self::Copy => &[Self::Copy, Self::Dialog, Self::Everywhere],
            Self::Secret => &[Self::Secret, Self::Dialog, Self::Everywhere],
            Self::Made => &[Self::Made, Self::Dialog, Self::Everywhere],
            Self::Left => &[Self::Left, Self::Dialog, Self::Everywhere],
            Self::Draft => &[Self::Draft, Self::Dialog, Self::Everywhere],
        }
    }

    /// Whether these are keys that one dialog adds to those of all.
    #[must_use]
    pub const fn is_of_a_dialog(self) -> bool {
        matches!(self.stack(), [_, Self::Dialog, ..])
    }

    /// Whether there is a place where both are asked, so that one key cannot serve both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        Self::ALL.iter().any(|place| {
            let stack = place.stack();
            stack.contains(&self) && stack.contains(&other)
        })
    }
}

/// Where the words of a row stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// `action.ID`.
    Action,
    /// `operation.ID`: something that is done to records.
    Operation,
    /// `resource.ID`: to the list of a resource.
    Resource,
}

/// One row of the table: an action as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionDef {
    /// The stable name, in kebab case: key files, the command line and the audit call it so.
    pub id: &'static str,
    /// Where its words stand among the texts.
    pub said: Said,
    /// Where it can be called.
    pub scope: Scope,
    /// The default keys, by name; the first is the one shown.
    pub keys: &'static [&'static str],
    /// Its fixed letter in the menu of actions.
    pub letter: Option<char>,
    /// It destroys or cannot simply be taken back: never on a key that a broken sequence can write.
    pub dangerous: bool,
    /// It changes records, or opens what changes them: refused in a session that only reads.
    pub writes: bool,
    /// It changes something as its key is pressed, with no question or form between: from a menu it waits until the menu
    /// can have been seen.
    pub at_once: bool,
    /// It works on all marked rows.
    pub bulk: bool,
    /// The permission it needs.
    pub permission: Option<&'static str>,
    /// Place in the hint line, 1 first; 0 is never shown there.
    pub hint: u8,
}

impl ActionDef {
    /// A row with everything beyond these at rest.
    #[must_use]
    pub const fn new(id: &'static str, scope: Scope, keys: &'static [&'static str]) -> Self {
        Self {
            id,
            said: Said::Action,
            scope,
            keys,
            letter: None,
            dangerous: false,
            writes: false,
            at_once: false,
            bulk: false,
            permission: None,
            hint: 0,
        }
    }

    /// Two or three words for the hint line and menus.
    #[must_use]
    pub fn label<'w>(&self, words: &'w Words) -> &'w str {
        let said = match self.said {
            Said::Action => words.find(&format!("action.{}.label", self.id)),
            Said::Operation => operation::find(self.id).map(|operation| resources::operation_label(words, operation)),
            Said::Resource => resources::find(self.id).map(|resource| resource.title(words)),
        };
        said.unwrap_or(self.id)
    }

    /// One sentence for help.
    #[must_use]
    pub fn help<'w>(&self, words: &'w Words) -> &'w str {
        let said = match self.said {
            Said::Action => words.find(&format!("action.{}.help", self.id)),
            Said::Operation => operation::find(self.id).map(|operation| resources::operation_help(words, operation)),
            Said::Resource => None,
        };
        said.unwrap_or_default()
    }
}

/// Declares an enum of actions and its table: one row an action, as
/// `Variant "id" Scope ["key" "key"] { hint: 1, dangerous: true };`.
///
/// The enum has `DEFS`, `ALL`, `id()`, `def()`, `from_id()` and `of(&ActionDef)`.
#[macro_export]
macro_rules! actions {
    ($(#[$about:meta])* $visible:vis enum $name:ident {
        $($variant:ident $id:literal $scope:ident [$($key:literal)*] $({$($field:ident: $value:expr),* $(,)?})?;)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $visible enum $name {
            $(#[doc = $id] $variant,)*
        }

        impl $name {
            /// The rows, in the order of the enum.
            pub const DEFS: &'static [$crate::console::actions::ActionDef] = &[
                $($crate::console::actions::ActionDef {
                    $($($field: $value,)*)?
                    ..$crate::console::actions::ActionDef::new(
                        $id, $crate::console::actions::Scope::$scope, &[$($key),*])
                },)*
            ];

            /// Every action, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// Its row.
            #[must_use]
            pub const fn def(self) -> &'static $crate::console::actions::ActionDef {
                &Self::DEFS[self as usize]
            }

            /// The action of that name.
            #[must_use]
            pub fn from_id(id: &str) -> Option<Self> {
                match id { $($id => Some(Self::$variant),)* _ => None }
            }

            /// The action of that row, if it is one of this table.
            #[must_use]
            pub fn of(def: &$crate::console::actions::ActionDef) -> Option<Self> {
                Self::from_id(def.id)
            }
        }
    };
}

actions! {
    /// What can be done whatever is shown: the keys of the console itself.
    pub enum Action {
        Find "find" Everywhere ["ctrl-f" "ctrl-p"];
        Menu "menu" Everywhere ["ctrl-o" "f10"] { hint: 95 };
        Save "save" Everywhere ["ctrl-s"] { hint: 15, writes: true, at_once: true };
        Undo "undo" Everywhere ["ctrl-z"];
        Redo "redo" Everywhere ["ctrl-y"];
        Stop "stop" Everywhere ["ctrl-c"];
        Leave "leave" Everywhere ["esc"] { hint: 97 };
        NextPane "next-pane" Everywhere ["tab"] { hint: 85 };
        PreviousPane "previous-pane" Everywhere ["shift-tab"];
        Up "up" Everywhere ["up"];
        Down "down" Everywhere ["down"];
        Left "left" Everywhere ["left"];
        Right "right" Everywhere ["right"];
        PageUp "page-up" Everywhere ["pageup"];
        PageDown "page-down" Everywhere ["pagedown"];
        Home "home" Everywhere ["home"];
        End "end" Everywhere ["end"];
        NextProblem "next-problem" Everywhere ["ctrl-g"];
        Redraw "redraw" Everywhere ["ctrl-l"];
        Lock "lock" Everywhere ["ctrl-q"];

        Screen1 "screen-1" Places ["1"];
        Screen2 "screen-2" Places ["2"];
        Screen3 "screen-3" Places ["3"];
        Screen4 "screen-4" Places ["4"];
        Screen5 "screen-5" Places ["5"];
        Screen6 "screen-6" Places ["6"];
        Screen7 "screen-7" Places ["7"];
        Screen8 "screen-8" Places ["8"];
        Screen9 "screen-9" Places ["9"];
        Screen10 "screen-10" Places ["0"];
        Command "command" Places [":"] { hint: 80 };
        FindHere "find-here" Places ["f"] { hint: 70 };
        Incidents "incidents" Places ["!"] { permission: Some("incidents.read") };
        Waiting "waiting" Places ["w"];
        Pinned "pinned" Places ["P"] { permission: Some("pins.read") };
        Help "help" Places ["?"] { hint: 90 };
        Back "back" Places ["q" "backspace"];
        Actions "actions" Places ["x"] { hint: 20 };
        TakeBack "take-back" Places ["u"] { writes: true };
        DoAgain "do-again" Places ["U"] { writes: true };
        Freeze "freeze" Places ["z"];
        Refresh "refresh" Places ["r"];
        Copy "copy" Places ["y"];
        GoOn "go-on" Places ["ctrl-r"] { hint: 3 };

        RowDown "row-down" List ["j"];
        RowUp "row-up" List ["k"];
        ColumnLeft "column-left" List ["h"];
        ColumnRight "column-right" List ["l"];
        Top "top" List ["g"];
        Bottom "bottom" List ["G"];
        HalfDown "half-down" List ["J" "ctrl-d"];
        HalfUp "half-up" List ["K" "ctrl-u"];
        Open "open" List ["enter"] { hint: 10 };
        Filter "filter" List ["/"] { hint: 60 };
        Sort "sort" List ["s"];
        SortReverse "sort-reverse" List ["S"];
        Add "add" List ["a"] { hint: 30, writes: true };
        Edit "edit" List ["e"] { hint: 40, writes: true };
        Mark "mark" List ["space"] { hint: 50 };
        Range "range" List ["v"];
        MarkAll "mark-all" List ["*"];
        UnmarkAll "unmark-all" List ["-"];
        NextAlarm "next-alarm" List ["n"];
        PreviousAlarm "previous-alarm" List ["N"];
        History "history" List ["t"];
        Columns "columns" List ["c"];
        Views "views" List ["V"];
        Pin "pin" List ["p"] { permission: Some("pins.create"), writes: true, at_once: true };
        Note "note" List ["+"] { writes: true };
        Remind "remind" List ["W"] { permission: Some("reminders.create"), writes: true };
        Details "details" List ["d"];

        PreviousRecord "previous-record" Page ["<"];
        NextRecord "next-record" Page [">"];

        FieldNext "field-next" Form ["enter"] { hint: 10 };
        FieldChoose "field-choose" Form ["down"] { hint: 20 };
        TakeTheirs "take-theirs" Form ["ctrl-t"];
        TakeUp "take-up" Form ["ctrl-r"] { hint: 5 };
        AddEntry "add-entry" Form ["insert"] { hint: 26 };
        RemoveEntry "remove-entry" Form ["delete"] { hint: 27 };
        EntryUp "entry-up" Form ["ctrl-up"];
        EntryDown "entry-down" Form ["ctrl-down"];
        Discard "discard" Form ["ctrl-x"] { dangerous: true };

        CellEdit "cell-edit" Lines ["ctrl-e" "f2"] { hint: 12 };
        CellFill "cell-fill" Lines ["ctrl-d"] { hint: 25 };
        CellBlock "cell-block" Lines ["ctrl-r"];
        CellCopy "cell-copy" Lines ["ctrl-c"];
        CellCut "cell-cut" Lines ["ctrl-x"];
        CellPaste "cell-paste" Lines ["ctrl-v"];
        LineRemove "line-remove" Lines ["ctrl-k"] { hint: 28 };

        LineRun "line-run" Line ["enter"] { hint: 10 };
        LineComplete "line-complete" Line ["tab"] { hint: 20 };
        LineOlder "line-older" Line ["up"];
        LineNewer "line-newer" Line ["down"];
        LineStart "line-start" Line ["ctrl-a"];
        LineEnd "line-end" Line ["ctrl-e"];
        LineClear "line-clear" Line ["ctrl-u"] { hint: 30 };
        LineCutEnd "line-cut-end" Line ["ctrl-k"];
        LineCutWord "line-cut-word" Line ["ctrl-w"];

        Yes "yes" Dialog ["y"] { hint: 10, dangerous: true };
        No "no" Dialog ["n"] { hint: 20 };
        PickDown "pick-down" Dialog ["j"];
        PickUp "pick-up" Dialog ["k"];
        Pick "pick" Dialog ["enter"] { hint: 10 };
        Away "away" Dialog ["q" "x"];

        ColumnShow "column-show" Columns ["space"];
        ColumnEarlier "column-earlier" Columns ["K"];
        ColumnLater "column-later" Columns ["J"];
        ColumnNarrower "column-narrower" Columns ["<"];
        ColumnWider "column-wider" Columns [">"];
        ColumnsReset "columns-reset" Columns ["r"];
        ColumnsDone "columns-done" Columns ["c"];

        ViewKeep "view-keep" Views ["a"] { permission: Some("saved_views.create"), writes: true };
        ViewMore "view-more" Views ["x"];

        ViewRewrite "view-rewrite" View ["w"] { permission: Some("saved_views.update"), writes: true };
        ViewRename "view-rename" View ["r"] { permission: Some("saved_views.update"), writes: true };
        ViewShare "view-share" View ["s"] { permission: Some("saved_views.share"), writes: true };
        ViewOpens "view-opens" View ["o"] { writes: true };
        ViewDelete "view-delete" View ["d"] { permission: Some("saved_views.delete"), writes: true, dangerous: true };

        CopyValue "copy-value" Copy ["v"];
        CopyRow "copy-row" Copy ["r"];
        CopyJson "copy-json" Copy ["j"];
        CopyCsv "copy-csv" Copy ["c"];
        CopySummary "copy-summary" Copy ["s"];
        CopyCommand "copy-command" Copy ["l"];

        SecretSee "secret-see" Secret ["s"];
        SecretCopy "secret-copy" Secret ["c"];
        SecretReplace "secret-replace" Secret ["r"] { writes: true };

        MadeCopy "made-copy" Made ["c"];

        LeftMark "left-mark" Left ["m"];
        LeftAgain "left-again" Left ["r"] { writes: true };

        DraftDrop "draft-drop" Draft ["d"] { dangerous: true };
    }
}

impl Action {
    /// Whether it edits a line, in whatever place that is written.
    #[must_use]
    pub const fn edits_a_line(self) -> bool {
        matches!(self, Self::LineStart | Self::LineEnd | Self::LineClear | Self::LineCutEnd | Self::LineCutWord)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_row_is_reached_by_its_name() {
        for action in Action::ALL {
            assert_eq!(Action::from_id(action.id()), Some(*action));
            assert_eq!(action.def().id, action.id());
            assert_eq!(Action::of(action.def()), Some(*action));
        }
        assert_eq!(Action::from_id("banana"), None);
    }

    #[test]
    fn names_are_unique_and_in_kebab_case() {
        let names: HashSet<_> = Action::ALL.iter().map(|a| a.id()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
    }

    #[test]
    fn a_list_and_a_form_never_listen_at_once() {
        assert!(Scope::List.overlaps(Scope::Places) && Scope::Page.overlaps(Scope::List));
        assert!(!Scope::List.overlaps(Scope::Form) && !Scope::Line.overlaps(Scope::Places));
    }
}
