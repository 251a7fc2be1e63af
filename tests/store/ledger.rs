//! The books: what is entered, what is refused, what an entry and its reversal leave.

use headend::domain::Id;
use headend::store::ledger::TrialLine;
use headend::store::{Failure, StoreError};

use crate::common::lab::entity;
use crate::common::{Lab, on_each_database};

/// Account, currency, debit and credit of all that was posted.
pub fn trial(lab: &Lab) -> Vec<String> {
    let told = |line: TrialLine| format!("{} {} {} {}", line.code, line.currency, line.debit, line.credit);
    lab.store.trial_balance(&lab.admin, None).unwrap().into_iter().map(told).collect()
}

/// Accounts whose two sides differ, as `code currency debit − credit`.
pub fn balances(lab: &Lab) -> Vec<String> {
    let lines = lab.store.trial_balance(&lab.admin, None).unwrap();
    let left = |line: &TrialLine| line.debit.checked_sub(line.credit).unwrap();
    let open = lines.iter().filter(|line| left(line) != headend::domain::Money::ZERO);
    open.map(|line| format!("{} {} {}", line.code, line.currency, left(line))).collect()
}

/// Debit less credit of all lines, by currency; nothing where the books balance.
pub fn difference(lab: &Lab) -> Vec<String> {
    lab.raw().texts("currency", "FROM journal_lines GROUP BY tenant_id, currency HAVING sum(debit) <> sum(credit)")
}

fn account(lab: &Lab, code: &str, kind: &str) -> Id {
    lab.make("accounts.create", &[("code", code), ("name", code), ("account_type", kind)])
}

fn enter(lab: &Lab, lines: &str) -> Result<Id, StoreError> {
    lab.try_make("journal_entries.enter", &[("memo", "by hand"), ("currency", "USD"), ("lines", lines)])
}

fn refusal(outcome: Result<impl std::fmt::Debug, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

on_each_database! {
    fn an_entry_by_hand_stands_until_it_is_reversed(lab) {
        for (code, kind) in [("100", "asset"), ("400", "revenue"), ("220", "liability")] {
            account(lab, code, kind);
        }
        let entry = enter(lab, "100 debit 116\n400 credit 100\n220 credit 16").unwrap();
        assert_eq!(lab.value("journal_entries", entry, "number"), "JE-2026-000001".replace("2026", &lab.store.now().format("%Y").to_string()));
        assert_eq!(trial(lab), ["100 USD 116.00 0.00", "220 USD 0.00 16.00", "400 USD 0.00 100.00"]);
        lab.must("journal_entries.reverse", entry, &[]);
        assert_eq!(balances(lab), Vec::<String>::new());
        assert!(refusal(lab.act("journal_entries.reverse", entry, &[])).contains("was reversed already, by JE-"));
        assert_eq!(lab.raw().number("count(*)", "FROM journal_entries"), 2);
        assert_eq!(difference(lab), Vec::<String>::new());
    }

    fn what_does_not_balance_is_refused_and_leaves_nothing(lab) {
        account(lab, "100", "asset");
        account(lab, "400", "revenue");
        for (lines, told) in [
            ("100 debit 10\n400 credit 9.99", "debit is 0.01 USD more than credit"),
            ("100 debit 10", "two lines at least"),
            ("100 debit 10.005\n400 credit 10.005", "more than 2 digits"),
            ("100 debit 10\n999 credit 10", "there is no account ‘999’"),
            ("100 10\n400 10", "line 1: give the account's code"),
        ] {
            let refused = refusal(enter(lab, lines));
            assert!(refused.contains(told), "{lines}: {refused}");
        }
        let mut raw = lab.raw();
        assert_eq!((raw.number("count(*)", "FROM journal_entries"), raw.number("count(*)", "FROM journal_lines")), (0, 0));
    }

    fn only_accounts_at_the_end_are_posted_to(lab) {
        let (assets, cash) = (account(lab, "1", "asset"), account(lab, "100", "asset"));
        account(lab, "400", "revenue");
        lab.must("accounts.update", cash, &[("parent", &assets.to_string())]);
        assert!(refusal(enter(lab, "1 debit 5\n400 credit 5")).contains("the account 1 has others below it"));
        enter(lab, "100 debit 5\n400 credit 5").unwrap();
        let below = lab.try_make("accounts.create", &[("code", "1001"), ("name", "a"), ("account_type", "asset"), ("parent", &cash.to_string())]);
        assert!(refusal(below).contains("entries were posted to this account"));
        let of_another_type = lab.try_make("accounts.create", &[("code", "2"), ("name", "a"), ("account_type", "liability"), ("parent", &assets.to_string())]);
        assert!(refusal(of_another_type).contains("is of the type asset"));
        assert!(refusal(lab.act("accounts.update", assets, &[("parent", &cash.to_string())])).contains("does not hang below itself"));
        assert!(refusal(lab.act("accounts.update", cash, &[("code", "101")])).contains("it keeps its code"));
        lab.must("accounts.update", cash, &[("is_active", "no")]);
        assert!(refusal(enter(lab, "100 debit 5\n400 credit 5")).contains("the account 100 is closed"));
        let used = lab.act("accounts.delete", cash, &[]).unwrap_err();
        assert!(matches!(used.failure(), Failure::Refused(_)), "{used}");
    }

    fn what_is_taken_back_is_reversed_and_may_be_done_again(lab) {
        account(lab, "100", "asset");
        account(lab, "400", "revenue");
        let request = lab.request("journal_entries.enter", &[("memo", "x"), ("currency", "USD"), ("lines", "100 debit 5\n400 credit 5")]);
        let done = lab.store.perform(&lab.admin, &request).unwrap();
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(balances(lab), Vec::<String>::new());
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(balances(lab), ["100 USD 5.00", "400 USD -5.00"]);
        assert_eq!(lab.raw().number("count(*)", "FROM journal_entries"), 3);
    }

    fn what_was_reversed_and_put_back_is_taken_back_in_its_turn(lab) {
        let customer = lab.make("customers.create", &[("name", "Amina")]);
        let topped = lab.must("customers.top_up", customer, &[("amount", "7")]);
        let first = |kind: &str| {
            let number = lab.raw().texts("number", &format!("FROM {kind} ORDER BY id"))[0].clone();
            lab.store.get_named(&lab.admin, entity(kind), &number).unwrap().id
        };
        let refunded = lab.must("payments.refund", first("payments"), &[]);
        lab.store.undo(&lab.admin, refunded.operation).unwrap();
        assert_eq!(lab.value("customers", customer, "wallet_balance"), "7.00");
        lab.store.undo(&lab.admin, topped.operation).unwrap();
        assert_eq!(lab.value("customers", customer, "wallet_balance"), "0.00");
        assert_eq!(balances(lab), Vec::<String>::new());
        // What does not stand is not reversed once more.
        let entry = first("journal_entries");
        let refused = lab.act("journal_entries.reverse", entry, &[]).unwrap_err();
        assert!(refused.to_string().contains("was reversed already, by JE-"), "{refused}");
    }
}
