//! `headend demo`: the console on a throwaway database of made-up data, really polled.

use std::path::{Path, PathBuf};

use rand::Rng as _;

use super::arguments::{Demo, Size};
use super::console::{needs_terminal, settings};
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::output::Output;
use crate::config::environment;
use crate::console::run as run_console;
use crate::domain::secret::Secret;
use crate::exchange::demo::{Scale, fill};
use crate::store::setup::{Founding, found};
use crate::store::vault::KeySource;
use crate::store::{Options, Store, Target};

const USER: &str = "demo";

pub fn run(context: &Context, options: &Demo) -> Outcome {
    if !options.only_make {
        needs_terminal()?;
    }
    // Only a database that is named for it: the everyday one is not filled with made-up people.
    let place = match &context.global.database {
        Some(named) => Place { target: Target::parse(named)?, keys: context.config.key_source(), directory: None },
        None => Place::temporary(options.only_make)?,
    };
    let password = match environment("HEADEND_PASSWORD") {
        Some(password) if options.only_make => Secret::new(password),
        _ => made_up_password(),
    };
    let founding = Founding {
        tenant: "fibernet".into(),
        display_name: "Fibernet (demo)".into(),
        currency: "USD".into(),
        timezone: "Africa/Nairobi".into(),
        admin: USER.into(),
        password: password.clone(),
    };
    let owner = match environment("HEADEND_OWNER_DATABASE").filter(|_| place.target.is_postgres()) {
        Some(url) => Target::parse(&url)?,
        None => place.target.clone(),
    };
    found(&place.target, &owner, &founding, place.keys.read_or_make()?)?;
    let store = Store::open(&place.target, Options { master: place.keys.read()?, ..Options::default() })?;
    let entered = store.log_in(&context.credentials(USER.into(), password.clone()))?;
    let scale = if options.size == Size::Large { Scale::LARGE } else { Scale::SMALL };
    fill(&store, &entered.session, scale)?;
    if options.only_make {
        let mut out = Output::new();
        out.line(&format!("database {}", place.target))?;
        if let Some(path) = place.keys.file_to_make() {
            out.line(&format!("key      {}", path.display()))?;
        }
        out.line(&format!("user     {USER}"))?;
        out.line(&format!("password {}", password.reveal()))?;
        return out.finish();
    }
    let mut settings = settings(context, place.target.clone(), options.ascii)?;
    // What is only looked at is filled first.
    settings.store = Some(match context.global.read_only {
        true => {
            let options = Options { read_only: true, master: place.keys.read()?, ..Options::default() };
            Store::open(&place.target, options)?
        }
        false => store,
    });
    settings.token = Some(entered.token);
    settings.tenant = None;
    settings.poll = !context.global.read_only;
    settings.demo = place.directory.is_some();
    settings.demo_password = Some(password);
    if let Some(directory) = &place.directory {
        // Drafts of made-up people go with them.
        settings.state_directory = directory.path.join("state");
    }
    run_console(settings).map_err(|failed| Failed::Unusable(failed.to_string()))
}

/// Where the demo's database is.
struct Place {
    target: Target,
    keys: KeySource,
    directory: Option<Throwaway>,
}

impl Place {
    fn temporary(keep: bool) -> Outcome<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        let path = std::env::temp_dir().join(format!("headend-demo-{}", crate::domain::Id::new()));
        std::fs::DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|error| Failed::Unusable(format!("{} cannot be made: {error}", path.display())))?;
        let keys = KeySource { default_file: Some(path.join("keys/headend.key")), ..KeySource::default() };
        let target = Target::Sqlite(path.join("demo.db"));
        Ok(Self { target, keys, directory: Some(Throwaway { path, keep }) })
    }
}

/// A directory that goes when the demo ends.
struct Throwaway {
    path: PathBuf,
    keep: bool,
}

impl Drop for Throwaway {
    fn drop(&mut self) {
        if !self.keep {
            remove(&self.path);
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_dir_all(path) {
        eprintln!("headend: {} could not be taken away: {error}.", path.display());
    }
}

/// Of a few words, easily typed: the demo is logged in already and tells it where it is locked.
fn made_up_password() -> Secret {
    const WORDS: [&str; 32] = [
        "amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "harbour", "island", "juniper", "kettle",
        "lantern", "marble", "nectar", "orchard", "pebble", "quarry", "river", "saddle", "timber", "umbra", "valley",
        "willow", "yarrow", "zephyr", "copper", "meadow", "thistle", "anchor", "barley", "canyon", "summit",
    ];
    let mut bytes = [0_u8; 4];
    rand::rng().fill_bytes(&mut bytes);
    let words: Vec<&str> =
        bytes.iter().filter_map(|byte| WORDS.get(usize::from(*byte) % WORDS.len()).copied()).collect();
    Secret::new(words.join("-"))
}
