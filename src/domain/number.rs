//! Human references: `CUS-000142`, `INC-2026-0001`.

/// How the numbers of one kind of record are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberFormat {
    /// The kind's own sequence, and the letters before the first dash.
    pub prefix: &'static str,
    /// Digits at least; more come when they are needed.
    pub digits: usize,
    /// Whether the sequence begins anew each year, which then stands in the number.
    pub yearly: bool,
}

impl NumberFormat {
    #[must_use]
    pub const fn new(prefix: &'static str, digits: usize) -> Self {
        Self { prefix, digits, yearly: false }
    }

    #[must_use]
    pub const fn yearly(prefix: &'static str, digits: usize) -> Self {
        Self { prefix, digits, yearly: true }
    }

    /// The `count`-th number (of that year, where the sequence is yearly).
    #[must_use]
    pub fn write(&self, year: i32, count: i64) -> String {
        let Self { prefix, digits, yearly } = *self;
        if yearly { format!("{prefix}-{year}-{count:0digits$}") } else { format!("{prefix}-{count:0digits$}") }
    }

    /// Year (0 where the sequence has none) and count of a number in this format; `None` for any
    /// other text: imported numbers may have any shape.
    #[must_use]
    pub fn read(&self, number: &str) -> Option<(i32, i64)> {
        let rest = number.strip_prefix(self.prefix)?.strip_prefix('-')?;
        let (year, count) = if self.yearly {
            let (year, count) = rest.split_once('-')?;
            (year.parse().ok()?, count)
        } else {
            (0, rest)
        };
        let is_count = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
        if is_count { Some((year, count.parse().ok()?)) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_and_read() {
        let customers = NumberFormat::new("CUS", 6);
        assert_eq!(customers.write(2026, 142), "CUS-000142");
        assert_eq!(customers.read("CUS-000142"), Some((0, 142)));
        assert_eq!(customers.read("CUS-1234567"), Some((0, 1_234_567)));
        assert_eq!(customers.read("CUS-12a"), None);
        assert_eq!(customers.read("C-142"), None);
        let incidents = NumberFormat::yearly("INC", 4);
        assert_eq!(incidents.write(2026, 1), "INC-2026-0001");
        assert_eq!(incidents.read("INC-2026-0001"), Some((2026, 1)));
    }
}
