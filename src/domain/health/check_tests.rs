#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + minute * 60, 0).unwrap()
}

fn result(letter: char) -> ProbeResult {
    match letter {
        'U' => ProbeResult::up(1_000),
        'G' => ProbeResult::up(200_000),
        'L' => ProbeResult::up(1_000).with_loss(20),
        'D' => ProbeResult::down("no answer"),
        'S' => ProbeResult::unsupported("not run"),
        '-' => ProbeResult::unsent("no route"),
        other => panic!("{other}"),
    }
}

/// Runs letters through a check of three attempts; each step as `state/hard or soft attempt/change`.
fn story(letters: &str) -> String {
    let mut state = CheckState::default();
    let mut told = Vec::new();
    for (minute, letter) in (0..).zip(letters.chars()) {
        let (next, transition) = state.apply(&result(letter), &CheckPolicy::default(), at(minute));
        let firmness = if next.hard { "h".to_owned() } else { format!("s{}", next.attempts) };
        let change = match transition.change {
            Change::Same => "",
            Change::Appeared => "+",
            Change::Soft { .. } => "~",
            Change::Hard => "!",
            Change::SoftRecovery => "(ok)",
            Change::Recovery => "ok",
            Change::Lost => "?",
        };
        told.push(format!("{}{firmness}{change}", &next.state.as_str()[..2]));
        state = next;
    }
    told.join(" ")
}

#[test]
fn soft_then_hard() {
    for (letters, told) in [
        // As Icinga: three bad results make it hard, one good one ends it at once.
        ("UDDDDU", "uph+ dos1~ dos2~ doh! doh uphok"),
        // A soft recovery is silent, and the count starts again.
        ("UDDUDDD", "uph+ dos1~ dos2~ uph(ok) dos1~ dos2~ doh!"),
        // Down from the very first.
        ("DDDU", "dos1~ dos2~ doh! uphok"),
        ("DU", "dos1~ uph+"),
        // Thresholds count the same way, loss and delay alike.
        ("UGLGU", "uph+ des1~ des2~ deh! uphok"),
        // Silence after a degraded state is counted anew; an answer in between keeps it degraded.
        ("GGGDDGDDD", "deh! deh deh dos1~ dos2~ deh(ok) dos1~ dos2~ doh!"),
        ("UGGDDD", "uph+ des1~ des2~ dos1~ dos2~ doh!"),
        // An outage ends with the first answer, even a slow one.
        ("DDDGU", "dos1~ dos2~ doh! dehok uphok"),
        // What could not be sent says nothing and does not break a count.
        ("UD-DD", "uph+ dos1~ dos1 dos2~ doh!"),
        // A kind that is not run is unknown, never down.
        ("SSU", "unh unh uph+"),
        ("US", "uph+ unh?"),
    ] {
        assert_eq!(story(letters), told, "{letters}");
    }
}

#[test]
fn one_attempt_is_hard_at_once() {
    for max_attempts in [0, 1] {
        let policy = CheckPolicy { max_attempts, ..CheckPolicy::default() };
        let (state, transition) = CheckState::default().apply(&result('D'), &policy, at(0));
        assert!(state.hard && transition.change == Change::Hard);
    }
}

#[test]
fn figures_and_messages() {
    let policy = CheckPolicy::default();
    let (state, _) = CheckState::default().apply(&result('G'), &policy, at(0));
    assert_eq!(state.message, "takes 200 ms (limit 150 ms)");
    let (state, _) = state.apply(&result('L'), &policy, at(1));
    assert_eq!(state.message, "loses 20 % (limit 20 %)");
    let (state, _) = state.apply(&result('D'), &policy, at(2));
    assert_eq!((state.latency_us, state.last_ok_at, state.last_check_at), (None, Some(at(1)), Some(at(2))));
    assert_eq!((state.message.as_ref(), state.recent), ("no answer", 0b001));
    let (state, _) = state.apply(&result('-'), &policy, at(3));
    assert_eq!(
        (state.message.as_ref(), state.last_check_at),
        ("no route", Some(at(2))),
        "an unsent probe is no result"
    );
    // At the threshold is not above it.
    assert_eq!(CheckState::default().apply(&ProbeResult::up(150_000), &policy, at(0)).0.state, State::Up);
    assert_eq!(CheckState::default().apply(&ProbeResult::up(1).with_loss(19), &policy, at(0)).0.state, State::Up);
}

#[test]
fn flapping_starts_and_stops() {
    let policy = CheckPolicy { max_attempts: 1, ..CheckPolicy::default() };
    let mut state = CheckState::default();
    let mut events = Vec::new();
    let letters = "UDUDUDUDUU".chars().chain(std::iter::repeat_n('U', 25));
    for (minute, letter) in (0..).zip(letters) {
        let (next, transition) = state.apply(&result(letter), &policy, at(minute));
        if let Some(flapping) = transition.flapping {
            events.push((minute, flapping, flap_percent(next.recent)));
        }
        state = next;
    }
    assert_eq!(events.len(), 2, "{events:?}");
    // Six changes weigh 1.18 + 1.16 + … + 1.08 = 6.78: 33.9 %; five 28.5 %.
    let (minute, flapping, percent) = events[0];
    assert!(minute == 6 && flapping && (percent - 33.9).abs() < 1e-9, "{events:?}");
    assert!(!events[1].1 && events[1].2 <= 25.0);
}

#[test]
fn due_again() {
    let policy = CheckPolicy::default();
    let (up, _) = CheckState::default().apply(&result('U'), &policy, at(0));
    let (soft, _) = up.apply(&result('D'), &policy, at(0));
    let (soft, _) = soft.apply(&result('D'), &policy, at(0));
    let (hard, _) = soft.apply(&result('D'), &policy, at(0));
    assert_eq!(
        (up.next_due(&policy, at(0)), soft.next_due(&policy, at(0)), hard.next_due(&policy, at(0))),
        (at(5), at(1), at(5))
    );
    let forever = CheckPolicy { interval: Duration::MAX, ..policy };
    assert_eq!(up.next_due(&forever, at(0)), DateTime::<Utc>::MAX_UTC);
}

#[test]
fn stale_after_three_intervals() {
    let interval = Duration::from_secs(300);
    let (state, _) = CheckState::default().apply(&result('U'), &CheckPolicy::default(), at(0));
    assert!(!state.is_stale(interval, at(0), at(15)));
    assert!(state.is_stale(interval, at(0), at(16)));
    assert!(!state.is_stale(interval, at(60), at(70)), "the poller began only ten minutes ago");
    assert!(CheckState::default().is_stale(interval, at(0), at(0)));
}

#[test]
fn restored_counts_as_before() {
    let soft = CheckState { state: State::Down, attempts: 2, last_ok_at: Some(at(0)), ..CheckState::default() };
    assert_eq!(soft.clone().restored().settled, State::Up);
    assert_eq!(CheckState { last_ok_at: None, ..soft.clone() }.restored().settled, State::Unknown);
    assert_eq!(CheckState { hard: true, ..soft }.restored().settled, State::Down);
}

#[test]
fn counted_anew_behind_a_parent_that_came_back() {
    let policy = CheckPolicy::default();
    let mut state =
        "DDD".chars().fold(CheckState::default(), |state, letter| state.apply(&result(letter), &policy, at(0)).0);
    state.recount();
    assert!(state.is_soft());
    let (first, transition) = state.apply(&result('D'), &policy, at(1));
    assert_eq!(transition.change, Change::Soft { attempt: 1 });
    let (second, _) = first.apply(&result('D'), &policy, at(2));
    let (third, transition) = second.apply(&result('D'), &policy, at(3));
    assert!(third.hard && transition.change == Change::Hard);
}

proptest! {
    #[test]
    fn hard_only_after_enough(letters in "[UGD-]{0,40}", max_attempts in 1u32..6) {
        let policy = CheckPolicy { max_attempts, ..CheckPolicy::default() };
        let mut state = CheckState::default();
        let mut silent = 0;
        for (minute, letter) in (0..).zip(letters.chars()) {
            let before = state.clone();
            let (next, transition) = state.apply(&result(letter), &policy, at(minute));
            state = next;
            match letter { 'D' => silent += 1, '-' => {}, _ => silent = 0 }
            // Down counts exactly while the last `max_attempts` results that say something were silent.
            prop_assert_eq!(state.settled == State::Down, silent >= max_attempts);
            if letter == 'U' {
                prop_assert!(state.hard && state.settled == State::Up && state.message.is_empty());
            }
            if letter == '-' {
                prop_assert_eq!(transition.change, Change::Same);
                prop_assert_eq!((before.state, before.attempts, before.recent), (state.state, state.attempts, state.recent));
            }
            prop_assert!(state.attempts <= max_attempts);
            prop_assert!(state.hard || state.state.is_problem() || state.state == State::Unknown);
        }
    }
}
