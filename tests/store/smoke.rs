use crate::common::on_each_database;

on_each_database! {
    fn every_path_once(lab) {
        use headend::store::list::ListRequest;
        use crate::common::lab::entity;
        let plan = lab.make("plans.create", &[("name", "Home 100M"), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "49.90")]);
        let site = lab.make("sites.create", &[("name", "Westlands POP")]);
        let customer = lab.make("customers.create", &[("name", "Amina Wanjirũ"), ("plan", "Home 100M"), ("email", "Amina@example.com"), ("access_password", "hunter2")]);
        let device = lab.make("devices.create", &[("name", "olt-1"), ("device_type", "olt"), ("management_ip", "10.4.0.1"), ("tags", "core, west"), ("site", "westlands pop"), ("customer", "CUS-000001")]);
        assert_eq!(lab.value("devices", device, "check"), "icmp");
        assert_eq!(lab.value("devices", device, "customer"), "CUS-000001");
        for entity in headend::store::entities::ALL {
            let page = lab.store.list(&lab.admin, &ListRequest::all(entity, 10)).unwrap_or_else(|e| panic!("{}: {e}", entity.name));
            println!("{}: {}", entity.name, page.rows.len());
        }
        let done = lab.must("customers.suspend", customer, &[]);
        assert_eq!(lab.value("customers", customer, "status"), "suspended");
        let undone = lab.store.undo(&lab.admin, done.operation).unwrap();
        assert_eq!(lab.value("customers", customer, "status"), "active");
        lab.store.undo(&lab.admin, undone.operation).unwrap();
        assert_eq!(lab.value("customers", customer, "status"), "suspended");
        println!("{:?}", lab.store.history(&lab.admin, entity("customers"), customer, 10).unwrap());
        println!("{:?}", lab.store.verify_audit(&lab.admin).unwrap());
        println!("{:?}", lab.store.find(&lab.admin, "wanjiru", 5).unwrap());
        println!("{:?}", lab.store.overview(&lab.admin).unwrap());
        println!("{:?}", lab.store.pulse(&lab.admin).unwrap());
        println!("{:?}", lab.act("plans.delete", plan, &[]).unwrap_err());
        println!("{:?}", lab.act("sites.delete", site, &[]).unwrap_err());
    }
}
