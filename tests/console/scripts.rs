//! The program without a terminal, as scripts run it: what it takes from the environment, prints and answers.

use std::process::{Command, Stdio};

use headend::domain::second_factor::code_at;
use headend::domain::secret::Secret;

use crate::common::Lab;
use crate::common::lab::{PASSWORD, key_text};

/// What a run answered.
struct Answered {
    code: i32,
    out: Vec<String>,
    err: String,
}

/// The administrator's scripts on a machine of their own.
struct Scripts<'a> {
    lab: &'a Lab,
    home: tempfile::TempDir,
    /// Whether each run logs in by itself, or by what `headend login` left.
    logs_in: bool,
}

impl<'a> Scripts<'a> {
    fn on(lab: &'a Lab) -> Self {
        Self { lab, home: tempfile::Builder::new().prefix("headend-home-").tempdir().unwrap(), logs_in: true }
    }

    /// Runs it with the code of a second factor, where there is one; nobody sits there who could be asked.
    fn run(&self, code: Option<&str>, words: &[&str]) -> Answered {
        let mut command = Command::new(env!("CARGO_BIN_EXE_headend"));
        command
            .args(words)
            .env_clear()
            .env("HOME", self.home.path())
            .env("HEADEND_DATABASE", self.lab.url())
            .env("HEADEND_KEY", key_text())
            .env("HEADEND_PASSWORD", PASSWORD)
            .envs(self.logs_in.then_some(("HEADEND_USER", "admin")))
            .envs(code.map(|code| ("HEADEND_CODE", code)))
            .stdin(Stdio::null());
        let answered = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let out = text(answered.stdout).lines().map(str::to_owned).collect();
        Answered { code: answered.status.code().unwrap(), out, err: text(answered.stderr) }
    }

    fn must(&self, code: Option<&str>, words: &[&str]) -> Vec<String> {
        let answered = self.run(code, words);
        assert_eq!(answered.code, 0, "{words:?}: {}", answered.err);
        answered.out
    }

    /// What a run that is refused tells, besides its exit code.
    fn refused(&self, code: Option<&str>, words: &[&str]) -> (i32, String) {
        let answered = self.run(code, words);
        assert_ne!(answered.code, 0, "{words:?}: {:?}", answered.out);
        (answered.code, answered.err)
    }
}

crate::common::on_each_database! {
    fn what_was_written_comes_back_unchanged_and_words_are_those_of_the_screen(lab) {
        let scripts = Scripts::on(lab);
        let amina = lab.make("customers.create", &[("name", "Amina")]);
        let invoice = lab.make("invoices.create", &[("customer", &amina.to_string()), ("currency", "KES")]);
        let line = [("invoice", &*invoice.to_string()), ("description", "Fibre"), ("unit_price", "10"), ("tax_percentage", "16")];
        lab.make("invoice_lines.create", &line);
        lab.must("invoices.issue", invoice, &[]);
        let number = lab.value("invoices", invoice, "number");
        lab.make("payments.record", &[("invoice", &number), ("method", "cash"), ("amount", "5")]);
        for kind in ["customers", "invoices", "payments"] {
            let file = scripts.home.path().join(format!("{kind}.csv"));
            let file = file.to_str().unwrap();
            scripts.must(None, &["export", kind, file]);
            for update in [&[][..], &["--update"]] {
                let told = scripts.run(None, &[&["import", kind, file, "--dry-run"][..], update].concat());
                assert_eq!(told.code, 0, "{kind} {update:?}: {:?} {}", told.out, told.err);
            }
        }
        // A filter may begin with its sign for not; fields go by what the screens call them.
        assert_eq!(scripts.must(None, &["list", "customers", "--filter", "-status:active", "-o", "csv"]).len(), 1);
        scripts.must(None, &["set", "customers", "CUS-000001", "expires=2027-01-31 10:00"]);
        assert!(lab.value("customers", amina, "expires_at").starts_with("2027-01-31"));
        let answered = scripts.run(None, &["list", "customers", "--filter", "plan:bogus"]);
        assert!(answered.err.contains("there is no plan ‘bogus’"), "{}", answered.err);
        let answered = scripts.run(None, &["list", "customers", "--filter", "-plan:bogus"]);
        assert!(answered.err.contains("there is no plan ‘bogus’, which the filter names") && answered.code == 0, "{}", answered.err);
        // What is done to those that match is not done to all the others.
        let answered = scripts.run(None, &["do", "suspend", "customers", "--filter", "-plan:bogus", "--yes"]);
        assert!(answered.code != 0 && answered.err.contains("nothing was done"), "{}", answered.err);
        assert_ne!(lab.value("customers", amina, "status"), "suspended");
    }

    fn a_second_factor_is_enrolled_and_asked_for_without_a_terminal(lab) {
        let mut scripts = Scripts::on(lab);
        lab.make("customers.create", &[("name", "Amina")]);
        let list = ["list", "customers"];
        // The secret is shown once, with what a generator reads as a picture.
        let enrolled = scripts.must(None, &["do", "enrol", "user_factors", "name=phone", "--yes"]);
        let [_, secret, link] = enrolled.as_slice() else { panic!("{enrolled:?}") };
        assert!(link.starts_with("otpauth://totp/") && link.contains(secret.as_str()), "{link}");
        let now = code_at(&Secret::new(secret.clone()), lab.store.now()).unwrap();
        let confirmed = scripts.must(None, &["do", "confirm", "user_factors", "phone of admin", &format!("code={now}"), "--yes"]);
        let codes = &confirmed[1..];
        assert_eq!(codes.len(), 10, "{confirmed:?}");
        // From now on a command that logs in by itself says what it lacks, and takes each code once.
        let (exit, told) = scripts.refused(None, &list);
        assert!(exit == 4 && told.contains("HEADEND_CODE"), "{exit}: {told}");
        assert!(scripts.must(Some(&codes[0]), &list).join("\n").contains("Amina"));
        assert_eq!(scripts.refused(Some(&codes[0]), &list).0, 4);
        // A login that is kept needs none, but for what is worth it.
        scripts.must(Some(&codes[1]), &["login"]);
        scripts.logs_in = false;
        assert!(scripts.must(None, &list).join("\n").contains("Amina"));
        let token = ["user", "token", "nightly", "--may", "customers.read"];
        let (exit, told) = scripts.refused(None, &token);
        assert!(exit == 4 && told.contains("HEADEND_CODE"), "{exit}: {told}");
        assert_eq!(lab.raw().number("count(*)", "FROM api_tokens"), 0);
        let made = scripts.must(Some(&codes[2]), &token);
        assert_eq!((made.len(), lab.raw().number("count(*)", "FROM api_tokens")), (1, 1));
    }
}
