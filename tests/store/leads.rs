//! Leads on their way: every step in the history, what winning one brings along, what of it is taken back.

use headend::domain::Id;
use headend::store::list::{ListRequest, parse_filter};
use headend::store::{Failure, Request, entities};

use crate::common::lab::{entity, find};
use crate::common::{Lab, on_each_database};
use crate::fixtures;

fn lead(lab: &Lab, written: &[(&str, &str)]) -> Id {
    let mut all = vec![("title", "Fibre for the lodge"), ("contact_name", "Brian Otieno")];
    all.extend_from_slice(written);
    lab.make("leads.create", &all)
}

/// The steps that a lead has made, the first one first: from, to, why.
fn steps(lab: &Lab, lead: Id) -> Vec<String> {
    let mut raw = lab.raw();
    let id = raw.id(lead);
    raw.texts(
        "coalesce(old_status, '') || '>' || new_status || ' ' || reason",
        &format!("FROM lead_status_history WHERE lead_id = {id} ORDER BY changed_at, id"),
    )
    .iter()
    .map(|step| step.trim().to_owned())
    .collect()
}

fn related(lab: &Lab, kind: &str, filter: &str) -> Vec<Id> {
    let kind = entity(kind);
    let filter = parse_filter(kind, filter, lab.locale()).unwrap();
    let request = ListRequest { filter, ..ListRequest::all(kind, 100) };
    lab.store.list(&lab.admin, &request).unwrap().rows.iter().map(|row| row.id).collect()
}

on_each_database! {
    fn every_step_stands_in_the_history(lab) {
        let lead = lead(lab, &[]);
        lab.must("leads.contact", lead, &[]);
        // Skipped forward, with the reason; never back.
        let mut propose = Request::new(find("leads.propose")).on(lead, None);
        propose.reason = Some("they know what they want".into());
        lab.store.perform(&lab.admin, &propose).unwrap();
        let refused = lab.act("leads.qualify", lead, &[]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "cannot qualify: the lead is proposal; open from there: negotiate, win, start, install, lose, cancel"
        );
        lab.must("leads.lose", lead, &[]);
        let reopened = lab.must("leads.reopen", lead, &[]);
        lab.store.undo(&lab.admin, reopened.operation).unwrap();
        assert_eq!(lab.value("leads", lead, "status"), "lost");
        assert_eq!(
            steps(lab, lead),
            [">new", "new>contacted", "contacted>proposal they know what they want", "proposal>lost", "lost>new", "new>lost"]
        );
        let history = lab.store.list(&lab.admin, &ListRequest::all(entity("lead_status_history"), 10)).unwrap().rows;
        assert_eq!(history.len(), 6);
        assert!(history.iter().all(|step| step.get("changed_by").as_str() == "admin"));
    }

    fn winning_makes_the_customer_and_the_job(lab) {
        lab.make("plans.create", &[("name", "Home 100"), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "49.90")]);
        let lead = lead(lab, &[
            ("organization", "Savanna Lodge"), ("contact_email", "brian@example.com"), ("contact_phone", "+254 733 111 222"),
            ("address", "Gate 4"), ("plan_interest", "home 100"), ("notes", "two lines"),
        ]);
        let won = lab.must("leads.win", lead, &[("make_customer", "yes"), ("make_job", "yes"), ("job_at", "2026-12-24 09:00")]);
        let customer = lab.record("leads", lead).get("customer_id").as_id().unwrap();
        let told = |field: &str| lab.value("customers", customer, field);
        assert_eq!(
            [told("name"), told("company"), told("email"), told("phone"), told("address"), told("plan"), told("status")],
            ["Brian Otieno", "Savanna Lodge", "brian@example.com", "+254 733 111 222", "Gate 4", "Home 100", "active"]
        );
        let number = lab.value("leads", lead, "number");
        let [job] = related(lab, "jobs", &format!("lead={number}"))[..] else { panic!("one job") };
        let told = |field: &str| lab.value("jobs", job, field);
        assert_eq!(
            [told("customer_name"), told("job_type"), told("scheduled_at"), told("plan_name"), told("phone"), told("status")],
            ["Brian Otieno", "new_install", "2026-12-24T06:00:00Z", "Home 100", "+254 733 111 222", "pending"]
        );
        assert_eq!(related(lab, "customers", &format!("has:(leads number={number})")), [customer]);
        // All of it is one operation, and taken back as one.
        let undone = lab.store.undo(&lab.admin, won.operation).unwrap();
        assert_eq!(lab.value("leads", lead, "status"), "new");
        assert!(lab.find_record("customers", customer).is_none() && lab.find_record("jobs", job).is_none());
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!((lab.value("leads", lead, "status"), lab.value("jobs", job, "customer_name")), ("won".into(), "Brian Otieno".into()));
        lab.must("leads.start", lead, &[]);
        lab.must("leads.install", lead, &[]);
        assert_eq!(lab.record("leads", lead).get("customer_id").as_id(), Some(customer));
        assert_eq!(lab.act("leads.cancel", lead, &[]).unwrap_err().to_string(), "cannot cancel: the lead is installed, which is final");
    }

    fn passing_over_won_does_what_winning_does(lab) {
        let known = lab.make("customers.create", &[("name", "Amina"), ("email", "amina@example.com")]);
        let number = lab.value("customers", known, "number");
        let one = lead(lab, &[("contact_email", "Amina@Example.com")]);
        // Nobody is made twice: who is there already is told.
        let error = lab.act("leads.install", one, &[("make_customer", "yes")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("make_customer: {number} Amina has this e-mail address: give it as the customer instead")
        );
        assert_eq!(lab.value("leads", one, "status"), "new");
        let error = lab.act("leads.install", one, &[("make_customer", "yes"), ("customer", &number)]).unwrap_err();
        assert!(matches!(error.failure(), Failure::Invalid(_)), "{error}");
        let error = lab.act("leads.install", one, &[("customer", &number), ("make_job", "yes")]).unwrap_err();
        assert_eq!(error.to_string(), "job_at: is required for the job to be made");
        lab.must("leads.install", one, &[("customer", &number), ("make_job", "yes"), ("job_at", "tomorrow")]);
        assert_eq!(lab.value("leads", one, "customer"), number);
        assert_eq!(related(lab, "jobs", &format!("customer={number}")).len(), 1);
        // One that was won keeps its customer.
        let other = lead(lab, &[]);
        lab.must("leads.win", other, &[("customer", &number)]);
        let error = lab.act("leads.start", other, &[("make_customer", "yes")]).unwrap_err();
        assert_eq!(error.to_string(), format!("the lead has its customer already: {number}"));
        // Whoever was won without one gets it later.
        let third = lead(lab, &[]);
        lab.must("leads.win", third, &[]);
        assert_eq!(lab.value("leads", third, "customer"), "");
        lab.must("leads.start", third, &[("make_customer", "yes")]);
        assert_eq!(related(lab, "customers", "").len(), 2);
    }

    fn what_a_lead_has_is_not_lost_with_it(lab) {
        let request = lab.request("leads.create", &[("title", "Fibre")]);
        let made = lab.store.perform(&lab.admin, &request).unwrap();
        let number = lab.value("leads", made.records[0], "number");
        let call = lab.make("lead_activities.create", &[("lead", &number), ("subject", "call back"), ("due_at", "-2h")]);
        assert_eq!(related(lab, "lead_activities", "is:overdue"), [call]);
        lab.must("lead_activities.complete", call, &[]);
        assert!(related(lab, "lead_activities", "is:open").is_empty());
        assert!(lab.act("lead_activities.complete", call, &[]).unwrap_err().to_string().contains("it is done already"));
        let error = lab.store.undo(&lab.admin, made.operation).unwrap_err();
        assert!(error.to_string().contains("it was changed since"), "{error}");
        lab.make("lead_notes.create", &[("lead", &number), ("content", "asks for two lines")]);
        assert_eq!(lab.store.find(&lab.admin, "two lines", 10).unwrap()[0].entity.name, "lead_notes");
    }

    fn a_partner_is_a_partner(lab) {
        let distributor = lab.make("organizations.create", &[("name", "Coast"), ("kind", "distributor")]);
        let error = lab.try_make("leads.create", &[("title", "x"), ("partner", &distributor.to_string())]).unwrap_err();
        assert_eq!(error.to_string(), "partner: is a distributor: name a partner");
        let ours = lab.make("organizations.create", &[("name", "ours"), ("kind", "partner")]);
        let link = [("distributor", "Coast"), ("partner", "ours")];
        let linked = lab.make("distributor_partners.create", &link);
        let error = lab.try_make("distributor_partners.create", &link).unwrap_err();
        assert!(error.to_string().starts_with("partner: is linked to the distributor already"), "{error}");
        let seller = lab.make("users.create", &[("username", "seller"), ("roles", "super_admin"), ("distributor", "Coast")]);
        let seller = lab.session_of(&lab.admin, seller);
        let mine = lab.make("leads.create", &[("title", "ours"), ("partner", &ours.to_string())]);
        fixtures::make(lab, &lab.admin, "leads");
        let seen = || lab.store.list(&seller, &ListRequest::all(entity("leads"), 10)).unwrap().rows.iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(seen(), [mine]);
        lab.must("distributor_partners.unassign", linked, &[]);
        assert!(seen().is_empty());
        assert!(lab.act("distributor_partners.unassign", linked, &[]).unwrap_err().to_string().contains("open from there: assign"));
        lab.must("distributor_partners.assign", linked, &[]);
        assert_eq!(seen(), [mine]);
    }

    fn what_points_at_customers_and_leads_is_told_with_them(lab) {
        let mut untold = Vec::new();
        for target in ["customers", "leads", "orders", "contracts", "vouchers", "voucher_batches", "products", "organizations"] {
            let target = entity(target);
            for kind in entities::all() {
                for field in kind.fields.iter().filter(|field| field.reference == Some(target.name)) {
                    let column = field.column().unwrap();
                    let told = target.relations.iter().any(|relation| relation.entity == kind.name && relation.column == column);
                    if !told {
                        untold.push(format!("{}.{column} points at {}", kind.name, target.name));
                    }
                }
            }
        }
        println!("{:?}: {} references that no relation tells", lab.engine, untold.len());
        assert_eq!(untold, Vec::<String>::new());
    }
}
