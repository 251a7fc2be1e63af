//! Pools, allocations, tunnels: what a pool can give, that nobody gets what another has, and keys.

use std::collections::HashSet;
use std::sync::Barrier;

use headend::domain::Id;
use headend::domain::wireguard::read_key;
use headend::store::{Store, StoreError};

use crate::common::{Lab, on_each_database};

fn pool(lab: &Lab, name: &str, cidr: &str, more: &[(&str, &str)]) -> Id {
    let mut values = vec![("name", name), ("cidr", cidr)];
    values.extend_from_slice(more);
    lab.make("ip_pools.create", &values)
}

fn refusal(outcome: Result<impl std::fmt::Debug, StoreError>) -> String {
    outcome.unwrap_err().to_string()
}

/// The addresses of a pool that somebody has, in their order.
fn given(lab: &Lab, pool: Id) -> Vec<String> {
    let mut raw = lab.raw();
    let of = raw.id(pool);
    let address = if lab.is_postgres() { "host(ip_address)" } else { "ip_address" };
    raw.texts(
        address,
        &format!("FROM ip_allocations WHERE pool_id = {of} AND status <> 'released' ORDER BY ip_address_key"),
    )
}

on_each_database! {
    fn a_pool_says_how_many_it_can_give_and_how_many_are_taken(lab) {
        for (n, (cidr, total)) in [("10.0.0.0/24", "254"), ("10.1.0.0/31", "2"), ("10.1.1.1/32", "1"), ("10.64.0.0/10", "4194302"),
            ("2001:db8::/126", "4"), ("2001:db8:1::/66", "4611686018427387904"), ("2001:db8:2::/64", "2^64"), ("2001:db8:3::/48", "2^80")].iter().enumerate()
        {
            let pool = pool(lab, &format!("pool {n}"), cidr, &[]);
            assert_eq!((lab.value("ip_pools", pool, "total_ips").as_str(), lab.value("ip_pools", pool, "used_ips").as_str()), (*total, "0"), "{cidr}");
        }
        let homes = pool(lab, "homes", "10.2.0.0/29", &[("gateway", "10.2.0.1")]);
        assert_eq!(lab.value("ip_pools", homes, "used_ips"), "1", "the gateway");
        for _ in 0..5 {
            lab.must("ip_pools.allocate", homes, &[]);
        }
        assert_eq!(given(lab, homes), ["10.2.0.2", "10.2.0.3", "10.2.0.4", "10.2.0.5", "10.2.0.6"]);
        assert_eq!((lab.value("ip_pools", homes, "used_ips"), lab.value("ip_pools", homes, "total_ips")), ("6".into(), "6".into()));
        assert!(refusal(lab.act("ip_pools.allocate", homes, &[])).contains("homes is full: release addresses"));
    }

    fn what_is_released_is_given_again_and_its_history_stays(lab) {
        let homes = pool(lab, "homes", "10.2.0.0/29", &[]);
        let customer = lab.make("customers.create", &[("name", "Amina")]).to_string();
        for _ in 0..3 {
            lab.must("ip_pools.allocate", homes, &[("customer", &customer)]);
        }
        let second = lab.raw().texts(&lab.raw().hex_of_id("id"), "FROM ip_allocations ORDER BY ip_address_key")[1].parse::<Id>().unwrap();
        assert_eq!((lab.value("ip_allocations", second, "customer_name"), lab.value("ip_allocations", second, "status")), ("Amina".into(), "active".into()));
        let released = lab.must("ip_allocations.release", second, &[]);
        assert!(!lab.record("ip_allocations", second).get("released_at").is_empty());
        let done = lab.must("ip_pools.allocate", homes, &[("reserve", "yes")]);
        assert_eq!(given(lab, homes), ["10.2.0.1", "10.2.0.2", "10.2.0.3"]);
        assert_eq!(lab.raw().number("count(*)", "FROM ip_allocations"), 4);
        // Somebody else has it now: it does not come back.
        assert!(lab.store.undo(&lab.admin, released.operation).is_err());
        lab.store.undo(&lab.admin, done.operation).unwrap();
        lab.store.undo(&lab.admin, released.operation).unwrap();
        assert_eq!(lab.value("ip_allocations", second, "status"), "active");
        lab.must("ip_allocations.release", second, &[]);
        assert!(refusal(lab.act("ip_allocations.activate", second, &[])).contains("the allocation is released, which is final"));
    }

    fn an_address_is_one_that_its_pool_can_give(lab) {
        let homes = pool(lab, "homes", "10.2.0.0/24", &[("gateway", "10.2.0.1")]).to_string();
        let take = |address: &str| lab.try_make("ip_allocations.create", &[("pool", &homes), ("ip_address", address)]);
        for (address, told) in [
            ("10.2.0.0", "is one that the pool can give: 10.2.0.1 to 10.2.0.254"),
            ("10.2.0.255", "is one that the pool can give"),
            ("10.3.0.1", "is one that the pool can give"),
            ("10.2.0.1", "is the pool's gateway"),
        ] {
            let refused = refusal(take(address));
            assert!(refused.contains("ip_address: ") && refused.contains(told), "{refused}");
        }
        take("10.2.0.9").unwrap();
        assert!(refusal(take("10.2.0.9")).contains("ip_address: is already in use"));
        let homes: Id = homes.parse().unwrap();
        assert!(refusal(lab.act("ip_pools.update", homes, &[("gateway", "10.2.0.9")])).contains("is given to somebody"));
        assert!(refusal(lab.act("ip_pools.update", homes, &[("cidr", "10.2.0.0/29"), ("gateway", "10.2.0.1")])).contains("release them first"));
        lab.must("ip_pools.update", homes, &[("cidr", "10.2.0.0/28")]);
    }

    fn pools_overlap_only_where_people_say_so(lab) {
        let core = pool(lab, "core", "10.0.0.0/16", &[]);
        let inside = |more: &[(&str, &str)]| {
            let mut values = vec![("name", "inner"), ("cidr", "10.0.0.0/30")];
            values.extend_from_slice(more);
            lab.try_make("ip_pools.create", &values)
        };
        assert!(refusal(inside(&[])).contains("cidr: shares addresses with core (10.0.0.0/16)"));
        let inner = inside(&[("is_nested", "yes")]).unwrap();
        // What lies inside is given from there alone.
        lab.must("ip_pools.allocate", core, &[]);
        assert_eq!(given(lab, core), ["10.0.0.4"]);
        let from_outside = lab.try_make("ip_allocations.create", &[("pool", &core.to_string()), ("ip_address", "10.0.0.2")]);
        assert!(refusal(from_outside).contains("is one of inner (10.0.0.0/30), which lies inside this pool"));
        lab.must("ip_pools.allocate", inner, &[]);
        assert_eq!(given(lab, inner), ["10.0.0.1"]);
        let all = lab.try_make("ip_pools.create", &[("name", "x"), ("cidr", "0.0.0.0/0"), ("is_nested", "yes")]);
        assert!(refusal(all).contains("cidr: a pool is a part of all addresses"));
    }

    fn of_many_who_ask_at_once_none_gets_what_another_has(lab) {
        let homes = pool(lab, "homes", "10.2.0.0/24", &[("gateway", "10.2.0.7")]);
        let stores: Vec<Store> = (0..8).map(|_| lab.another_store()).collect();
        let start = Barrier::new(stores.len());
        std::thread::scope(|scope| {
            for store in &stores {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    for _ in 0..8 {
                        store.perform(&lab.admin, &lab.request("ip_pools.allocate", &[]).on(homes, None)).unwrap();
                    }
                });
            }
        });
        let given = given(lab, homes);
        let different: HashSet<&String> = given.iter().collect();
        println!("{:?}: 8 writers, {} addresses given, {} twice", lab.engine, given.len(), given.len() - different.len());
        assert_eq!((given.len(), different.len()), (64, 64));
        assert!(!different.contains(&"10.2.0.7".to_owned()) && different.contains(&"10.2.0.65".to_owned()));
    }

    fn a_peer_gets_keys_and_the_next_address(lab) {
        let add = |name: &str| lab.make("vpn_peers.add", &[("name", name), ("network", "10.9.0.0/30"), ("endpoint", "vpn.example.com:51820")]);
        let (one, two) = (add("a"), add("b"));
        assert_eq!((lab.value("vpn_peers", one, "assigned_ip"), lab.value("vpn_peers", two, "assigned_ip")), ("10.9.0.1".into(), "10.9.0.2".into()));
        let keys = [one, two].map(|id| lab.value("vpn_peers", id, "public_key"));
        assert!(keys[0] != keys[1] && keys.iter().all(|key| read_key(key).is_ok()));
        assert_eq!(lab.value("vpn_peers", one, "private_key"), "***");
        let full = lab.try_make("vpn_peers.add", &[("name", "c"), ("network", "10.9.0.0/30")]);
        assert!(refusal(full).contains("network: every address of 10.9.0.0/30 is given"));
        // The public key follows from the private one, as OpenSSL says it does.
        let (private, public) = ("yJeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSHs=", "NKfKi73tTj8kxg7LZV+SNawbEtl66mmMVU34vx2VDy0=");
        let by_hand = lab.make("vpn_peers.create", &[("name", "d"), ("assigned_ip", "10.9.1.1"), ("private_key", private), ("allowed_ips", "10.20.0.0/16,10.30.0.0/16")]);
        assert_eq!((lab.value("vpn_peers", by_hand, "public_key").as_str(), lab.value("vpn_peers", by_hand, "allowed_ips").as_str()), (public, "10.20.0.0/16, 10.30.0.0/16"));
        for (field, value, told) in [
            ("private_key", "c2hvcnQ=", "private_key: is a WireGuard key"),
            ("private_key", "/////////////////////////////////////////38=", "private_key: is not a private key"),
            ("public_key", "nonsense", "public_key: is a WireGuard key"),
            ("public_key", public, "public_key: is already in use"),
            ("endpoint", "nowhere", "endpoint: is a host and a port"),
            ("allowed_ips", "10.20.7.0/24", "allowed_ips: 10.20.7.0/24 is d's already"),
            ("notes", "", "public_key: is required where no private key is given"),
        ] {
            let mut values = vec![("name", "e"), ("assigned_ip", "10.9.1.2")];
            if !matches!(field, "private_key" | "public_key" | "notes") {
                values.push(("public_key", "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo="));
            }
            values.extend((field != "notes").then_some((field, value)));
            let refused = refusal(lab.try_make("vpn_peers.create", &values));
            assert!(refused.contains(told), "{field} {value}: {refused}");
        }
        lab.must("vpn_peers.disable", one, &[]);
        assert!(refusal(lab.act("vpn_peers.disable", one, &[])).contains("the VPN peer is disabled; open from there: enable"));
        lab.must("vpn_peers.enable", one, &[]);
        let mut raw = lab.raw();
        let kept = raw.texts("coalesce(changes, payload)", "FROM audit_log");
        assert!(kept.iter().all(|text| !text.contains(private)));
    }
}
