//! The terminal taken over and given back, in a real pseudo-terminal: this test program runs itself in one.

use super::*;
use crate::console::input::{Event, Input};
use portable_pty::{CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const CHILD: &str = "console::terminal::real::the_program_in_the_terminal";

/// What the program in the pseudo-terminal does; not a test of its own.
#[test]
#[ignore = "run by the tests below, inside a pseudo-terminal"]
fn the_program_in_the_terminal() {
    let state = std::env::var("HEADEND_TEST_STATE").unwrap_or_default();
    rescue::install(state.into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut terminal = Terminal::open(Profile::FULL).unwrap();
        let mut source = Source::start().unwrap();
        let mut input = Input::new();
        let mut told = "ready".to_owned();
        loop {
            let size = terminal.size();
            let line = format!("{told} {}x{}", size.width, size.height);
            terminal.draw(|frame| frame.render_widget(line.as_str(), frame.area())).unwrap();
            let wake = input.deadline().unwrap_or_else(|| Instant::now() + Duration::from_secs(60));
            tokio::select! {
                incoming = source.next() => match incoming {
                    Some(Incoming::Bytes(bytes, at)) => input.feed(&bytes, at),
                    Some(Incoming::Resized(size)) => terminal.resize(size),
                    Some(Incoming::Signal(signal)) => {
                        drop(terminal);
                        println!("ended by {signal:?}");
                        return;
                    }
                    Some(Incoming::Closed) | None => return,
                },
                () = tokio::time::sleep_until(wake.into()) => input.tick(Instant::now()),
            }
            while let Some(event) = input.pop() {
                if let Event::Key(press) = event {
                    told = format!("key {}", press.key);
                    match press.key.text() {
                        Some('q') => return,
                        Some('p') => panic!("as asked"),
                        Some('b') => {
                            let _ = std::thread::spawn(|| panic!("elsewhere")).join();
                            told = format!("report {}", rescue::take_report().is_some());
                        }
                        _ => {}
                    }
                }
            }
        }
    });
}

struct Child {
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn portable_pty::Child + Send + Sync>,
    seen: Arc<Mutex<(vt100::Parser, Vec<u8>)>>,
    /// Reads until nobody has the terminal any more.
    reading: std::thread::JoinHandle<()>,
}

impl Child {
    fn start(state: &Path) -> Self {
        let size = PtySize { rows: 24, cols: 80, ..PtySize::default() };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
        command.args(["--exact", CHILD, "--ignored", "--nocapture", "--test-threads=1"]);
        command.env("HEADEND_TEST_STATE", state);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0);
        let seen = Arc::new(Mutex::new((parser, Vec::new())));
        let (mut reader, writes_to) = (pair.master.try_clone_reader().unwrap(), Arc::clone(&seen));
        let reading = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut seen = writes_to.lock().unwrap();
                seen.0.process(&bytes[..count]);
                seen.1.extend_from_slice(&bytes[..count]);
            }
        });
        Self { master: pair.master, child, seen, reading }
    }

    fn wait_for(&self, text: &str) {
        let end = Instant::now() + Duration::from_secs(20);
        while !self.seen.lock().unwrap().0.screen().contents().contains(text) {
            let screen = self.seen.lock().unwrap().0.screen().contents();
            assert!(Instant::now() < end, "never saw {text:?} but {screen:?}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits for its end; what the screen shows then.
    fn end(mut self) -> String {
        let end = Instant::now() + Duration::from_secs(20);
        while self.child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < end, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        self.reading.join().unwrap();
        let seen = self.seen.lock().unwrap();
        let screen = seen.0.screen();
        assert!(!screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste());
        screen.contents()
    }
}

#[test]
fn a_terminal_is_taken_over_resized_and_given_back() {
    let state = tempfile::tempdir().unwrap();
    let child = Child::start(state.path());
    child.wait_for("ready 80x24");
    assert!(child.seen.lock().unwrap().0.screen().alternate_screen());
    let mut keys = child.master.take_writer().unwrap();
    keys.write_all(b"\x1b[1;5A").unwrap();
    child.wait_for("key ctrl-up 80x24");
    child.master.resize(PtySize { rows: 30, cols: 100, ..PtySize::default() }).unwrap();
    child.wait_for("100x30");
    // Ctrl-C, Ctrl-S and Ctrl-Z are keys here.
    keys.write_all(b"\x13\x1a\x03").unwrap();
    child.wait_for("key ctrl-c");
    keys.write_all(b"q").unwrap();
    child.end();
}

#[test]
fn a_panic_gives_the_terminal_back_and_leaves_a_report() {
    let state = tempfile::tempdir().unwrap();
    let child = Child::start(state.path());
    child.wait_for("ready");
    let mut keys = child.master.take_writer().unwrap();
    // One on another thread leaves the screen alone.
    keys.write_all(b"b").unwrap();
    child.wait_for("report true");
    assert!(child.seen.lock().unwrap().0.screen().alternate_screen());
    keys.write_all(b"p").unwrap();
    let screen = child.end();
    assert!(screen.replace('\n', "").contains("The report is in"), "{screen}");
    let reports: Vec<_> = std::fs::read_dir(state.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(reports.len(), 2);
    let texts: Vec<String> = reports.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert!(texts.iter().any(|text| text.contains("as asked") && text.contains("the_program_in_the_terminal")));
    assert!(texts.iter().any(|text| text.contains("elsewhere")));
}

#[test]
fn a_signal_ends_it_and_the_terminal_is_given_back() {
    let state = tempfile::tempdir().unwrap();
    let child = Child::start(state.path());
    child.wait_for("ready");
    let process = rustix::process::Pid::from_raw(child.child.process_id().unwrap() as i32).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
    let screen = child.end();
    assert!(screen.contains("ended by Terminate"), "{screen}");
}
