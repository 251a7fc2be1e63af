use headend::console::{run, Settings};
use headend::store::{setup, vault::MasterKey, Options, Store, Target, operation, Request};
use headend::domain::{Value, secret::Secret};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let target = Target::parse(&path).unwrap();
    let key = std::path::PathBuf::from(format!("{}.key", path.replace('/', "_").replace(':', "_")));
    let key = std::path::Path::new("/tmp/trykeys").join(key);
    let src = headend::store::vault::KeySource { default_file: Some(key), ..Default::default() };
    let owner = std::env::args().nth(2).map(|o| Target::parse(&o).unwrap()).unwrap_or_else(|| target.clone());
    let founding = setup::Founding { tenant: "fibernet".into(), display_name: "FiberNet".into(), currency: "USD".into(), timezone: "Africa/Nairobi".into(), admin: "admin".into(), password: Secret::new("seven wet otters sing".into()) };
    let fresh = setup::found(&target, &owner, &founding, src.read_or_make().unwrap());
    eprintln!("{fresh:?}");
    let store = Store::open(&target, Options { master: src.read().unwrap(), ..Options::default() }).unwrap();
    let creds = headend::store::access::Credentials { username: "admin".into(), password: Secret::new("seven wet otters sing".into()), tenant: None, client: "try".into(), source: "local".into() };
    if fresh.is_ok() {
        let s = store.log_in(&creds).unwrap().session;
        let loc = s.locale(store.now());
        let mk = |op: &str, v: &[(&'static str, &str)]| {
            let op = operation::find(op).unwrap();
            let vals = operation::read_values(op, v.iter().map(|(a, b)| (*a, *b)), loc).unwrap();
            let mut r = Request::new(op); r.values = vals; store.perform(&s, &r).unwrap();
        };
        for p in ["Home 20M", "Home 100M", "Office 1G"] { mk("plans.create", &[("name", p), ("download_mbps", "100"), ("upload_mbps", "50"), ("price", "49.90")]); }
        for p in ["North POP", "South POP", "Harbour"] { mk("sites.create", &[("name", p), ("city", "Nairobi")]); }
        let names = ["Amina Wanjiru", "Zoë Åkesson", "Søren Kjær", "王小明", "Peter Otieno", "Grace Njeri"];
        for i in 0..300 { mk("customers.create", &[("name", &format!("{} {}", names[i % 6], i)), ("phone", &format!("+254 700 {:06}", i)), ("email", &format!("c{i}@example.com")), ("plan", ["Home 20M", "Home 100M", "Office 1G"][i % 3]), ("expires_at", if i % 7 == 0 { "-2d" } else { "+20d" })]); }
        for i in 1..60 { mk("devices.create", &[("name", &format!("ONU-{i:03}")), ("device_type", "switch"), ("management_ip", &format!("127.0.1.{i}")), ("site", ["North POP", "South POP", "Harbour"][i % 3]), ("check", if i % 17 == 0 { "tcp:9" } else { "icmp" })]); }
    }
    let settings = Settings { target: target.clone(), store: Some(store), first_run: None, token: None, tenant: None, username: Some("admin".into()), source: "local".into(), read_only: false, ascii: false, theme: "dark".into(), themes_directory: None, key_file: None, mouse: None, state_directory: "/tmp/trystate".into(), place: None, poll: true, demo: false };
    if let Err(e) = run(settings) { eprintln!("{e}"); }
}
