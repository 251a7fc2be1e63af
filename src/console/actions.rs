//! The table of actions: what a person can do, one row each with its name, words, place and keys.
//!
//! Key map, hint line, `?`, `C-o` menu, command line, documents and read-only mode all read this
//! table. A screen declares its own rows with the same macro, [`actions!`](crate::actions).

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
    /// In the filter, command and find line.
    Line,
    /// In a dialog, a menu or a question.
    Dialog,
}

impl Scope {
    /// Every scope, in the order help lists them.
    pub const ALL: [Self; 7] =
        [Self::Dialog, Self::Line, Self::Form, Self::Page, Self::List, Self::Places, Self::Everywhere];

    /// What help calls it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Places => "Where letters are commands",
            Self::List => "In a list",
            Self::Page => "On a page",
            Self::Form => "In a form",
            Self::Line => "In a line",
            Self::Dialog => "In a dialog",
        }
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
            Self::Line => &[Self::Line, Self::Everywhere],
            Self::Dialog => &[Self::Dialog, Self::Everywhere],
        }
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

/// One row of the table: an action as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionDef {
    /// The stable name, in kebab case: key files, the command line and the audit call it so.
    pub id: &'static str,
    /// Two or three words for the hint line and menus.
    pub label: &'static str,
    /// One sentence for help.
    pub help: &'static str,
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
    pub const fn new(
        id: &'static str,
        label: &'static str,
        help: &'static str,
        scope: Scope,
        keys: &'static [&'static str],
    ) -> Self {
        Self {
            id,
            label,
            help,
            scope,
            keys,
            letter: None,
            dangerous: false,
            writes: false,
            bulk: false,
            permission: None,
            hint: 0,
        }
    }
}

/// Declares an enum of actions and its table: one row an action, as
/// `Variant "id" "label" "help" Scope ["key" "key"] { hint: 1, dangerous: true };`.
///
/// The enum has `DEFS`, `ALL`, `id()`, `def()`, `from_id()` and `of(&ActionDef)`.
#[macro_export]
macro_rules! actions {
    ($(#[$about:meta])* $visible:vis enum $name:ident {
        $($variant:ident $id:literal $label:literal $help:literal $scope:ident [$($key:literal)*] $({$($field:ident: $value:expr),* $(,)?})?;)*
    }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $visible enum $name {
            $(#[doc = $help] $variant,)*
        }

        impl $name {
            /// The rows, in the order of the enum.
            pub const DEFS: &'static [$crate::console::actions::ActionDef] = &[
                $($crate::console::actions::ActionDef {
                    $($($field: $value,)*)?
                    ..$crate::console::actions::ActionDef::new(
                        $id, $label, $help, $crate::console::actions::Scope::$scope, &[$($key),*])
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
        Find "find" "find" "Find anything; a leading : makes it a command." Everywhere ["ctrl-f" "ctrl-p"];
        Menu "menu" "all actions" "All actions and help of this place." Everywhere ["ctrl-o" "f10"] { hint: 95 };
        Save "save" "save" "Save, write, accept." Everywhere ["ctrl-s"] { hint: 15, writes: true };
        Undo "undo" "undo" "Take back: what was typed first, else the last operation." Everywhere ["ctrl-z"];
        Redo "redo" "redo" "Do again what was taken back." Everywhere ["ctrl-y"];
        Stop "stop" "stop" "Stop what runs, else one step back; never quits." Everywhere ["ctrl-c"];
        Leave "leave" "back" "One step: popup, range, filter, back; never the marks, never a draft." Everywhere ["esc"] { hint: 97 };
        NextPane "next-pane" "next pane" "Next pane, field or cell." Everywhere ["tab"];
        PreviousPane "previous-pane" "previous pane" "Previous pane, field or cell." Everywhere ["shift-tab"];
        Up "up" "up" "Move up." Everywhere ["up"];
        Down "down" "down" "Move down." Everywhere ["down"];
        Left "left" "left" "Move left." Everywhere ["left"];
        Right "right" "right" "Move right." Everywhere ["right"];
        PageUp "page-up" "page up" "One screen up." Everywhere ["pageup"];
        PageDown "page-down" "page down" "One screen down." Everywhere ["pagedown"];
        Home "home" "start" "To the beginning." Everywhere ["home"];
        End "end" "end" "To the end." Everywhere ["end"];
        NextProblem "next-problem" "next problem" "To the next thing that is wrong." Everywhere ["ctrl-g"];
        Redraw "redraw" "redraw" "Paint the screen anew." Everywhere ["ctrl-l"];
        Lock "lock" "lock" "Lock this console now." Everywhere ["ctrl-q"];

        Screen1 "screen-1" "dashboard" "To the tab Dashboard." Places ["1"];
        Screen2 "screen-2" "customers" "To the tab Customers; in its list, again: what else is there." Places ["2"];
        Screen3 "screen-3" "devices" "To the tab Devices; in its list, again: what else is there." Places ["3"];
        Screen4 "screen-4" "bookings" "To the tab Bookings; in its list, again: what else is there." Places ["4"];
        Screen5 "screen-5" "stock" "To the tab Stock; in its list, again: what else is there." Places ["5"];
        Screen6 "screen-6" "tickets" "To the tab Tickets; in its list, again: what else is there." Places ["6"];
        Screen7 "screen-7" "contracts" "To the tab Contracts; in its list, again: what else is there." Places ["7"];
        Screen8 "screen-8" "network" "To the tab Network; in its list, again: what else is there." Places ["8"];
        Screen9 "screen-9" "finance" "To the tab Finance; in its list, again: what else is there." Places ["9"];
        Screen10 "screen-10" "admin" "To the tab Admin; in its list, again: what else is there." Places ["0"];
        Command "command" "command" "Command line: a resource, an action, a filter after it." Places [":"] { hint: 80 };
        FindHere "find-here" "find" "Find anything." Places ["f"] { hint: 70 };
        Incidents "incidents" "incidents" "The incidents that are open." Places ["!"] { permission: Some("incidents.read") };
        Waiting "waiting" "waiting" "What waits for me: my tickets and jobs, approvals, offers, reminders, what others changed." Places ["w"];
        Pinned "pinned" "pinned" "The records that I have pinned." Places ["P"] { permission: Some("pins.read") };
        Help "help" "help" "Help of this place; type to narrow it." Places ["?"] { hint: 90 };
        Back "back" "back" "Back one; at the root asks before leaving." Places ["q" "backspace"];
        Actions "actions" "actions" "Actions on the marked rows or this one." Places ["x"] { hint: 40 };
        TakeBack "take-back" "take back" "My operations: shows the last, y takes it back." Places ["u"] { writes: true };
        DoAgain "do-again" "do again" "Do the operation again that was taken back." Places ["U"] { writes: true };
        Freeze "freeze" "freeze" "Freeze the live rows, or let them go on." Places ["z"];
        Refresh "refresh" "refresh" "Read again; on a device, check it now." Places ["r"];
        Copy "copy" "copy" "Copy: v value, r row, j JSON, c CSV, s a summary, l the command." Places ["y"];

        RowDown "row-down" "down" "Next row." List ["j"];
        RowUp "row-up" "up" "Row before." List ["k"];
        ColumnLeft "column-left" "left" "Column to the left." List ["h"];
        ColumnRight "column-right" "right" "Column to the right." List ["l"];
        Top "top" "top" "First row." List ["g"];
        Bottom "bottom" "bottom" "Last row." List ["G"];
        HalfDown "half-down" "half a page down" "Half a page down." List ["J" "ctrl-d"];
        HalfUp "half-up" "half a page up" "Half a page up." List ["K" "ctrl-u"];
        Open "open" "open" "Open this record, or the reference under the cursor." List ["enter"] { hint: 50 };
        Filter "filter" "filter" "Filter, live as one types; Enter goes to the rows." List ["/"] { hint: 60 };
        Sort "sort" "sort" "Sort by a column." List ["s"];
        SortReverse "sort-reverse" "reverse" "Turn the order round." List ["S"];
        Add "add" "add" "Add one." List ["a"] { hint: 10, writes: true };
        Edit "edit" "edit" "Edit this one." List ["e"] { hint: 20, writes: true };
        Mark "mark" "mark" "Mark this row and move on." List ["space"] { hint: 30 };
        Range "range" "range" "Begin or end a range of marks." List ["v"];
        MarkAll "mark-all" "mark all" "Mark all that match, counted; again: none." List ["*"];
        UnmarkAll "unmark-all" "unmark all" "Take all marks away." List ["-"];
        NextAlarm "next-alarm" "next problem" "Next row with a problem." List ["n"];
        PreviousAlarm "previous-alarm" "problem before" "Previous row with a problem." List ["N"];
        History "history" "history" "History, last change of each field on top." List ["t"];
        Columns "columns" "columns" "Which columns, in which order, how wide." List ["c"];
        Views "views" "views" "Saved views of this list, each with its letter; keep it as it stands." List ["V"];
        Pin "pin" "pin" "Pin this record, to have it at hand; again: no longer." List ["p"] { permission: Some("pins.create"), writes: true };
        Note "note" "note" "A quick note on this record." List ["+"] { writes: true };
        Remind "remind" "remind me" "Have this record stand in w at a time that you say." List ["W"] { permission: Some("reminders.create"), writes: true };
        Details "details" "details" "Show or hide the details; on a narrow screen, open the record." List ["d"];

        PreviousRecord "previous-record" "record before" "Previous record of the list." Page ["<"];
        NextRecord "next-record" "next record" "Next record of the list." Page [">"];

        FieldNext "field-next" "next field" "Accept this field and go on; never saves." Form ["enter"] { hint: 10 };
        FieldChoose "field-choose" "choose" "Open the choice or the picker." Form ["down"] { hint: 20 };
        TakeTheirs "take-theirs" "take theirs" "Take what somebody else saved in this field meanwhile." Form ["ctrl-t"];
        RemoveEntry "remove-entry" "take away" "Take away the entry under the cursor." Form ["delete"];
        EntryUp "entry-up" "entry up" "Move the item up in its list." Form ["ctrl-up"];
        EntryDown "entry-down" "entry down" "Move the item down in its list." Form ["ctrl-down"];
        Discard "discard" "throw away" "Throw away what was typed in this form; asks first." Form ["ctrl-x"] { dangerous: true };

        LineRun "line-run" "run" "Run what is written." Line ["enter"] { hint: 10 };
        LineComplete "line-complete" "complete" "Accept the completion." Line ["tab"] { hint: 20 };
        LineOlder "line-older" "older" "Candidate above, else the line before." Line ["up"];
        LineNewer "line-newer" "newer" "Candidate below, else the line after." Line ["down"];
        LineStart "line-start" "start" "To the beginning of the line." Line ["ctrl-a"];
        LineEnd "line-end" "end" "To the end of the line." Line ["ctrl-e"];
        LineClear "line-clear" "clear" "Delete what stands before the cursor." Line ["ctrl-u"] { hint: 30 };
        LineCutEnd "line-cut-end" "cut to end" "Delete what stands behind the cursor." Line ["ctrl-k"];
        LineCutWord "line-cut-word" "cut word" "Delete the word before the cursor." Line ["ctrl-w"];

        Yes "yes" "yes" "Yes, where it is small and can be taken back." Dialog ["y"] { dangerous: true };
        No "no" "no" "No." Dialog ["n"] { hint: 20 };
        PickDown "pick-down" "down" "Next choice." Dialog ["j"];
        PickUp "pick-up" "up" "Choice before." Dialog ["k"];
        Pick "pick" "pick" "Take the choice; alone it never confirms." Dialog ["enter"] { hint: 10 };
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
