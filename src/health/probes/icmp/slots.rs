//! What has been sent and not been answered: who is waited for, and until when.

use std::collections::VecDeque;
use std::net::IpAddr;

/// Nanoseconds since the prober started, by the monotonic clock.
pub type Nanos = u64;

/// One echo that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Who must answer: a reply from elsewhere is none.
    pub address: IpAddr,
    /// When it was sent.
    pub sent: Nanos,
    /// Milliseconds it is waited for.
    pub timeout_ms: u32,
    /// Which job asked.
    pub job: usize,
    /// The asker's mark.
    pub key: u64,
}

#[derive(Debug, Default)]
struct Slot {
    waiting: Option<Waiting>,
    /// Raised with each use, so that late replies and duplicates are told from those that are waited for.
    generation: u32,
}

/// Echoes with one timeout. They are sent one after the other, so their deadlines are in order by nature.
#[derive(Debug)]
struct Row {
    timeout_ms: u32,
    queue: VecDeque<(Nanos, u32, u32)>,
}

/// All that are waited for.
#[derive(Debug, Default)]
pub struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
    rows: Vec<Row>,
}

/// Rows of past timeouts that are kept; there are rarely more than a handful of timeouts.
const KEPT_ROWS: usize = 16;

impl Slots {
    /// A slot for an echo that is about to be sent: its number and generation.
    pub fn take(&mut self, waiting: Waiting) -> Option<(u32, u32)> {
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = u32::try_from(self.slots.len()).ok()?;
                self.slots.push(Slot::default());
                number
            }
        };
        let slot = self.slots.get_mut(number as usize)?;
        slot.waiting = Some(waiting);
        Some((number, slot.generation))
    }

    /// Notes when the echo of a slot went out: from here its timeout counts.
    pub fn sent(&mut self, number: u32, at: Nanos) {
        let Some(slot) = self.slots.get_mut(number as usize) else { return };
        let Some(waiting) = &mut slot.waiting else { return };
        waiting.sent = at;
        let timeout_ms = waiting.timeout_ms;
        let entry = (at + u64::from(timeout_ms) * 1_000_000, number, slot.generation);
        match self.rows.iter_mut().find(|row| row.timeout_ms == timeout_ms) {
            Some(row) => row.queue.push_back(entry),
            None => {
                if self.rows.len() >= KEPT_ROWS {
                    self.rows.retain(|row| !row.queue.is_empty());
                }
                self.rows.push(Row { timeout_ms, queue: VecDeque::from([entry]) });
            }
        }
    }

    /// The echo that a reply answers, if that is waited for; it no longer is.
    pub fn answered(&mut self, number: u32, generation: u32, from: IpAddr) -> Option<Waiting> {
        let slot = self.slots.get(number as usize)?;
        let matches = slot.generation == generation && slot.waiting.is_some_and(|waiting| waiting.address == from);
        if matches { self.give_back(number) } else { None }
    }

    /// Frees a slot.
    pub fn give_back(&mut self, number: u32) -> Option<Waiting> {
        let slot = self.slots.get_mut(number as usize)?;
        let waiting = slot.waiting.take()?;
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(number);
        Some(waiting)
    }

    /// The next echo whose time is over; it is no longer waited for.
    pub fn expired(&mut self, now: Nanos) -> Option<Waiting> {
        for index in 0..self.rows.len() {
            self.drop_answered(index);
            let row = self.rows.get_mut(index)?;
            if let Some((deadline, number, _)) = row.queue.front().copied()
                && deadline <= now
            {
                row.queue.pop_front();
                return self.give_back(number);
            }
        }
        None
    }

    /// When the next echo's time is over.
    pub fn next_deadline(&mut self) -> Option<Nanos> {
        (0..self.rows.len()).for_each(|index| self.drop_answered(index));
        self.rows.iter().filter_map(|row| row.queue.front()).map(|(deadline, ..)| *deadline).min()
    }

    /// Drops from the head of a row what has been answered meanwhile.
    fn drop_answered(&mut self, row: usize) {
        let Some(row) = self.rows.get_mut(row) else { return };
        while let Some((_, number, generation)) = row.queue.front() {
            let slot = self.slots.get(*number as usize);
            if slot.is_some_and(|slot| slot.waiting.is_some() && slot.generation == *generation) {
                return;
            }
            row.queue.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    fn waiting(key: u64, timeout_ms: u32) -> Waiting {
        Waiting { address: IpAddr::from([10, 0, 0, 1]), sent: 0, timeout_ms, job: 0, key }
    }

    #[test]
    fn late_double_and_foreign_replies_are_none() {
        let mut slots = Slots::default();
        let here = IpAddr::from([10, 0, 0, 1]);
        let (number, generation) = slots.take(waiting(1, 500)).unwrap();
        slots.sent(number, 0);
        assert_eq!(slots.answered(number, generation, IpAddr::from([10, 0, 0, 2])), None, "from elsewhere");
        assert_eq!(slots.answered(number, generation.wrapping_add(1), here), None);
        assert_eq!(slots.answered(99, generation, here), None);
        assert_eq!(slots.answered(number, generation, here).unwrap().key, 1);
        assert_eq!(slots.answered(number, generation, here), None, "twice");
        // The slot's next use: a reply to the first is late.
        let (again, next) = slots.take(waiting(2, 500)).unwrap();
        assert_eq!((again, next), (number, generation + 1));
        assert_eq!(slots.answered(number, generation, here), None);
        assert_eq!(slots.answered(number, next, here).unwrap().key, 2);
    }

    #[test]
    fn deadlines_of_several_timeouts() {
        let mut slots = Slots::default();
        for (key, timeout_ms, sent_ms) in [(1, 500, 0), (2, 100, 1), (3, 500, 2), (4, 100, 3)] {
            let (number, _) = slots.take(waiting(key, timeout_ms)).unwrap();
            slots.sent(number, sent_ms * 1_000_000);
        }
        assert_eq!(slots.next_deadline(), Some(101_000_000));
        let mut over = |at_ms: u64| {
            std::iter::from_fn(|| slots.expired(at_ms * 1_000_000)).map(|waiting| waiting.key).collect::<Vec<_>>()
        };
        assert!(over(100).is_empty());
        assert_eq!(over(101), [2]);
        assert_eq!(over(501), [1, 4]);
        assert_eq!(over(502), [3]);
        assert_eq!(slots.next_deadline(), None);
    }

    #[test]
    fn more_than_a_sequence_number_holds() {
        let mut slots = Slots::default();
        for key in 0..70_000 {
            let (number, _) = slots.take(waiting(key, 500)).unwrap();
            assert_eq!(u64::from(number), key);
            slots.sent(number, key);
        }
        let here = IpAddr::from([10, 0, 0, 1]);
        // 69,999 and 4,463 have the same sequence number on the wire.
        assert_eq!(slots.answered(69_999, 0, here).unwrap().key, 69_999);
        assert_eq!(slots.answered(4_463, 0, here).unwrap().key, 4_463);
    }

    #[test]
    fn rows_of_past_timeouts_go() {
        let mut slots = Slots::default();
        for timeout_ms in 1..1_000 {
            let (number, generation) = slots.take(waiting(0, timeout_ms)).unwrap();
            slots.sent(number, 0);
            slots.answered(number, generation, IpAddr::from([10, 0, 0, 1])).unwrap();
            slots.next_deadline();
        }
        assert!(slots.rows.len() <= KEPT_ROWS + 1);
    }
}
