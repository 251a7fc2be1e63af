use super::*;
use crate::console::actions::{Action, Scope};
use crate::console::keys::KeyMap;
use crate::console::measure::Align;
use crate::console::terminal::{Profile, Terminal};
use crate::console::theme::Role;
use crate::console::widgets::frame::{Figure, Header, Parts, Status, Tab, hints, tabs};
use crate::console::widgets::table::{CellView, Column, RowView, Sorted, Table, fit};
use crate::console::widgets::{paint, progress};
use ratatui::layout::Size;
use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

fn columns() -> Vec<Column<'static>> {
    vec![
        Column::new("NUMBER", 10, 10).priority(0),
        Column::new("NAME", 10, 24).priority(1),
        Column::new("PLAN", 8, 10),
        Column::new("STATUS", 9, 12).priority(2),
        Column::new("BALANCE", 8, 12).right().priority(3),
        Column::new("EXPIRES", 9, 12).priority(4).sorted(Some(Sorted::Up)),
    ]
}

fn row(index: usize) -> RowView<'static> {
    let cells = vec![
        CellView::from(format!("CUS-{index:06}")),
        CellView::from(["Amina Wanjiru", "漢字かな", "Zoë O\u{301}", "x"][index % 4]),
        CellView::from("Home 100M"),
        if index.is_multiple_of(3) {
            CellView::new("suspended", Role::Warn)
        } else {
            CellView::new("active", Role::Ok)
        },
        CellView::from(format!("{}.50", index * 7)),
        CellView::new("2d ago", Role::Dim),
    ];
    RowView { cells: cells.into(), marked: index % 5 == 2, sign: None }
}

fn table(columns: &[Column<'static>]) -> Table<'static> {
    // Leaked in tests only: the columns live as long as the test.
    let columns: &'static [Column<'static>] = Box::leak(columns.to_vec().into_boxed_slice());
    Table {
        columns,
        cursor: Some(1),
        column: None,
        loading: false,
        empty: "No customers yet: a adds one.",
        place: Some((0, 1203)),
    }
}

#[test]
fn a_table_shows_what_fits_by_importance() {
    for ((width, height), shown) in SIZES.into_iter().zip([5, 6, 6]) {
        let mut buffer = screen(width, height);
        let columns = columns();
        let painted = table(&columns).paint(&mut buffer, Rect::new(0, 0, width, height), &theme(), (0..100).map(row));
        assert_eq!(painted, usize::from(height) - 1);
        assert_eq!(fit(&columns, width - 3, None).len(), shown, "{width}");
        let rows = rows(&buffer);
        assert!(rows[0].contains("NUMBER") && rows[0].contains("STATUS"), "{}", rows[0]);
        assert!(rows[2].starts_with("▌ CUS-000001"), "{}", rows[2]);
        assert!(rows[3].starts_with(" ●CUS-000002"), "{}", rows[3]);
    }
}

#[test]
fn a_table_at_80_cells() {
    let mut buffer = screen(80, 5);
    table(&columns()).paint(&mut buffer, Rect::new(0, 0, 80, 5), &theme(), (0..3).map(row));
    assert_eq!(
        rows(&buffer),
        [
            "  NUMBER      NAME                     PLAN      STATUS      BALANCE  EXPIRES ↑",
            "  CUS-000000  Amina Wanjiru            Home 10…  suspended      0.50  2d ago   ┃",
            "▌ CUS-000001  漢字かな                 Home 10…  active         7.50  2d ago",
            " ●CUS-000002  Zoë Ô                    Home 10…  active        14.50  2d ago",
            "",
        ]
        .map(|row| row.replace('Ô', "O\u{301}"))
    );
}

#[test]
fn an_empty_table_says_what_to_do() {
    let mut buffer = screen(60, 15);
    table(&columns()).paint(&mut buffer, Rect::new(0, 0, 60, 15), &theme(), []);
    assert_eq!(rows(&buffer)[1], "  No customers yet: a adds one.");
}

#[test]
fn old_rows_are_dim_while_new_ones_load() {
    let mut buffer = screen(80, 5);
    let columns = columns();
    let table = Table { loading: true, ..table(&columns) };
    table.paint(&mut buffer, Rect::new(0, 0, 80, 5), &theme(), (0..3).map(row));
    assert_eq!(Some(buffer[(3, 1)].fg), theme()[Role::Loading].fg);
}

#[test]
fn hostile_text_never_reaches_a_cell() {
    let mut buffer = screen(80, 5);
    let columns = columns();
    let cells: Vec<CellView<'_>> = vec!["a\u{1b}[31mb".into(), "x\u{202e}y\u{200b}z\tq".into(), "\u{9b}1m\r\n".into()];
    let rows_given = [RowView { cells: cells.into(), marked: false, sign: None }];
    table(&columns).paint(&mut buffer, Rect::new(0, 0, 80, 5), &theme(), rows_given);
    let clean = buffer.content.iter().all(|cell| !cell.symbol().chars().any(crate::domain::text::is_hostile));
    assert!(clean);
    assert!(rows(&buffer)[1].contains("a^[[31mb"), "{:?}", rows(&buffer)[1]);
}

#[test]
fn a_wide_character_replaced_by_narrow_ones_leaves_nothing() {
    let mut buffer = screen(10, 1);
    paint::text(&mut buffer, 0, 0, 10, "ab漢c", theme()[Role::Text]);
    paint::text(&mut buffer, 1, 0, 10, "漢字", theme()[Role::Text]);
    assert_eq!(rows(&buffer), ["a漢字"]);
    assert_eq!(paint::text(&mut buffer, 9, 0, 5, "漢", theme()[Role::Text]), 0);
    paint::fitted(&mut buffer, 0, 0, 5, "漢字漢字", Align::Right, theme()[Role::Text], theme().signs);
    assert_eq!(rows(&buffer), ["漢字…"]);
}

#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<usize>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().push(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn moving_the_cursor_costs_one_short_write() {
    for depth in [ColourDepth::True, ColourDepth::Sixteen, ColourDepth::Mono] {
        let theme = Theme::built_in("dark", depth, false).unwrap();
        let wire = Wire::default();
        let mut terminal = Terminal::new(wire.clone(), Size::new(200, 50), Profile { depth, ..Profile::FULL }).unwrap();
        let columns = columns();
        let mut draw = |cursor: usize, first: usize| {
            let table = Table { cursor: Some(cursor), place: Some((first, 100_000)), ..table(&columns) };
            terminal.draw(|frame| {
                let area = frame.area();
                table.paint(frame.buffer_mut(), area, &theme, (first..first + 60).map(row));
            })
        };
        draw(1, 0).unwrap();
        wire.0.borrow_mut().clear();
        for cursor in [2, 3, 12, 11, 40] {
            let painted = draw(cursor, 0).unwrap();
            assert!(painted.bytes > 0 && painted.bytes <= 140, "{depth:?}: {painted:?}");
        }
        assert_eq!(wire.0.borrow().len(), 5);
        // The same again is nothing; a page is a page.
        assert_eq!(draw(40, 0).unwrap().bytes, 0);
        let page = draw(40, 49).unwrap();
        assert!(page.bytes < 4500, "{depth:?}: {page:?}");
        println!("{depth:?}: page {} bytes", page.bytes);
    }
}

#[test]
fn what_stands_beside_a_column_is_not_shown_without_it() {
    let columns = [
        Column::new("NUMBER", 10, 10).priority(0),
        Column::new("AMOUNT", 10, 10).priority(1),
        Column::new("CUR", 3, 3).priority(2).beside(Some(1)),
        Column::new("X", 3, 3).priority(3),
    ];
    let shown = |width, always| fit(&columns, width, always).iter().map(|fitted| fitted.column).collect::<Vec<_>>();
    assert_eq!(shown(40, None), [0, 1, 2, 3]);
    assert_eq!(shown(27, None), [0, 1, 2]);
    assert_eq!(shown(20, None), [0, 3], "no currency of no amount");
    assert_eq!(shown(16, Some(2)), [0, 2], "but where the cursor stands on it");
}

#[test]
fn the_frame_shortens_gracefully() {
    let figures: Vec<Figure> =
        [("▲ 4 812", Role::Ok), ("▼ 3", Role::Bad), ("~ 1", Role::Warn), ("! 2 incidents", Role::Bad)]
            .map(|(text, role)| Figure { text: text.into(), role })
            .into();
    let path = ["fibernet", "Customers", "CUS-000142", "Devices"];
    let header = Header { path: &path, figures: &figures, who: &["noc1 (engineer)", "noc1"], clock: "14:02" };
    let names = [
        "Dashboard",
        "Customers",
        "Devices",
        "Bookings",
        "Stock",
        "Tickets",
        "Contracts",
        "Network",
        "Finance",
        "Admin",
    ];
    let screens: Vec<Tab<'_>> = names
        .iter()
        .zip(["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"])
        .map(|(title, key)| Tab { key, title, short: &title[..3], more: true })
        .collect();
    let map = KeyMap::build(&[Action::DEFS], None).unwrap();
    let shown = |width: u16| {
        let mut buffer = screen(width, 4);
        let line = |y| Rect::new(0, y, width, 1);
        header.paint(&mut buffer, line(0), &theme());
        tabs(&mut buffer, line(1), &theme(), &screens, Some(1));
        Status { parts: &["3 marked", "1–42 of 1 203", "sort EXPIRES ↑"], message: None, right: "" }.paint(
            &mut buffer,
            line(2),
            &theme(),
        );
        hints(
            &mut buffer,
            line(3),
            &theme(),
            false,
            &map.hints(Scope::List, |def| !matches!(def.id, "save" | "leave" | "go-on")),
            "saved 14:02:31",
        );
        rows(&buffer)
    };
    assert_eq!(
        shown(120),
        [
            " headend  fibernet ▸ Customers ▸ CUS-000142 ▸ Devices           ▲ 4 812  ▼ 3  ~ 1  ! 2 incidents  noc1 (engineer) 14:02",
            " 1 Dashboard  2 Customers ▾  3 Devices  4 Bookings  5 Stock  6 Tickets  7 Contracts  8 Network  9 Finance  0 Admin",
            " 3 marked · 1–42 of 1 203 · sort EXPIRES ↑",
            " KEYS  ⏎ open  x actions  a add  e edit  ␣ mark  / filter  f find  : command  ? help  C-o all actions    saved 14:02:31",
        ]
        .map(str::to_owned),
        "{:#?}",
        shown(120)
    );
    let narrow = shown(60);
    assert!(narrow[0].contains("Devices") && narrow[0].contains("▼ 3") && narrow[0].contains("noc1"), "{}", narrow[0]);
    assert!(!narrow[0].contains("14:02"), "what time it is comes after who one is: {}", narrow[0]);
    assert!(narrow[1].contains("2 Customers") && narrow[1].contains('0'), "{}", narrow[1]);
    for hint in ["⏎ open", "x actions", "? help", "C-o all actions"] {
        assert!(narrow[3].contains(hint), "{hint}: {}", narrow[3]);
    }
    let middle = shown(80);
    assert!(middle[0].contains("noc1") && !middle[0].contains("(engineer)"), "who one is: {}", middle[0]);
}

#[test]
fn the_parts_of_a_screen_cover_it() {
    for (width, height) in SIZES {
        let parts = Parts::of(Rect::new(0, 0, width, height), true).unwrap();
        let heights =
            [parts.header, parts.tabs, parts.filter, parts.body, parts.status, parts.hints].map(|part| part.height);
        assert_eq!(heights.iter().sum::<u16>(), height);
        assert_eq!(parts.body.bottom(), parts.status.y);
    }
    assert_eq!(Parts::of(Rect::new(0, 0, 59, 15), false), None);
}

#[test]
fn progress_and_spinners() {
    let signs = ascii().signs;
    for (done, total, bar) in [
        (0, 100, "............"),
        (50, 100, "######......"),
        (99, 100, "###########."),
        (100, 100, "############"),
        (101, 100, "############"),
        (u64::MAX, u64::MAX, "############"),
        (0, 0, ""),
    ] {
        assert_eq!(progress::bar(signs, done, total), bar, "{done} of {total}");
    }
    assert_eq!(progress::spinner(&theme(), ms(149)), "");
    assert_eq!(progress::spinner(&theme(), ms(150)), "⠙");
}
