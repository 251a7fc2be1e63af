//! What may stand on the command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

/// The whole command line, for the man page, completions and the docs.
#[must_use]
pub fn command() -> clap::Command {
    Arguments::command()
}

#[derive(Parser)]
#[command(
    name = "headend",
    version,
    about = "The terminal console from which a network operator runs its day",
    after_help = "Without a command, the console starts. Who acts: `headend login`, or HEADEND_USER with \
                  HEADEND_PASSWORD, HEADEND_PASSWORD_FILE or a prompt, or HEADEND_TOKEN; HEADEND_CODE for a second factor.\n\
                  Exit codes: 0 done, 1 refused or wrong input, 2 misuse, 3 the database cannot be opened, \
                  4 not logged in or not allowed, 5 partly done, 130 interrupted.",
    disable_help_subcommand = true,
    max_term_width = 110
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: Global,
    /// The console's, which needs no word of its own.
    #[command(flatten)]
    pub console: ConsoleFlags,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Args, Clone, Default)]
pub struct Global {
    /// A SQLite file (a path or sqlite:PATH) or postgres://… [env: HEADEND_DATABASE]
    #[arg(long, global = true, value_name = "PATH|URL")]
    pub database: Option<String>,
    /// The organisation, where the database holds several
    #[arg(long, global = true, value_name = "SLUG", env = "HEADEND_TENANT")]
    pub tenant: Option<String>,
    /// The configuration file, instead of the one in the configuration directory
    #[arg(long, global = true, value_name = "FILE", env = "HEADEND_CONFIG")]
    pub config: Option<PathBuf>,
    /// Refuse every change
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Tell details; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

#[derive(Subcommand)]
pub enum Command {
    /// The console (also without a command)
    Console(Console),
    /// The console on a throwaway database of made-up data, really polled
    Demo(Demo),
    /// Make the database, the organisation (--tenant SLUG) and its first administrator
    Init(Init),
    /// Bring the database's schema up to date
    Migrate(Migrate),
    /// Rows of a resource
    List(List),
    /// One record
    Get(Get),
    /// What was done to a record
    History(History),
    /// Add a record: field=value …, or - for JSON from stdin
    Add(Add),
    /// Set fields of a record: field=value …, or - for JSON from stdin
    Set(Set),
    /// Do a named action to one record or all that match
    Do(Do),
    /// Take back my last operation, or one by its id
    Undo(Undo),
    /// Bring records in from a file: all or nothing
    Import(Import),
    /// Write records to a file that import reads back
    Export(Export),
    /// The poller
    Poll(Poll),
    /// Probe a device now and show what was sent and what came
    Check(Check),
    /// The audit log: verify, list, export
    Audit(Audit),
    /// People: add, list, passwd, lock, unlock
    User(User),
    /// Organisations of this installation: let one work, pause it, end its time
    Tenant(Tenant),
    /// Logins that are open: list, revoke
    Sessions(Sessions),
    /// The keys that seal secrets: rotate
    Keys(Keys),
    /// Log in; a token is kept for this database until it ends
    Login(Login),
    /// Log out; the kept token is revoked
    Logout,
    /// What works here and what to do about the rest
    Doctor(Doctor),
    /// Pages of the docs as Markdown: the keys, the fields of the resources
    Reference(Reference),
    /// The man page, generated from the commands
    #[command(hide = true)]
    Man,
    /// Completions for a shell
    #[command(hide = true)]
    Completions { shell: clap_complete::Shell },
}

#[derive(Args, Default)]
pub struct Console {
    /// What it opens at, such as devices or 'devices health:down'
    pub place: Option<String>,
    #[command(flatten)]
    pub flags: ConsoleFlags,
}

#[derive(Args, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConsoleFlags {
    /// Draw with ASCII alone
    #[arg(long)]
    pub ascii: bool,
    /// Poll while it runs
    #[arg(long, overrides_with = "no_poll")]
    pub poll: bool,
    /// Do not poll while it runs
    #[arg(long)]
    pub no_poll: bool,
}

impl ConsoleFlags {
    /// What was said before the command's word and behind it.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { ascii: self.ascii || other.ascii, poll: self.poll || other.poll, no_poll: self.no_poll || other.no_poll }
    }
}

#[derive(Args)]
pub struct Demo {
    /// How much data: small has 2 000 customers and 300 devices, large 100 000 and 5 000
    #[arg(long, value_enum, default_value_t = Size::Small)]
    pub size: Size,
    /// Draw with ASCII alone
    #[arg(long)]
    pub ascii: bool,
    /// Make the database and say how to log in, without starting the console
    #[arg(long)]
    pub only_make: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Size {
    Small,
    Large,
}

#[derive(Args)]
pub struct Init {
    /// The first administrator's user name
    #[arg(long, value_name = "NAME")]
    pub admin: String,
    /// The organisation's name as people write it
    #[arg(long, value_name = "NAME")]
    pub display_name: Option<String>,
    /// The currency's ISO 4217 code
    #[arg(long, default_value = "USD", value_name = "CODE")]
    pub currency: String,
    /// The time zone's IANA name
    #[arg(long, default_value = "UTC", value_name = "ZONE")]
    pub timezone: String,
}

#[derive(Args)]
pub struct Migrate {
    /// Only say whether something is to be done: exit 1 where it is
    #[arg(long)]
    pub check: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Jsonl,
    Csv,
    Tsv,
}

#[derive(Args)]
pub struct List {
    /// customers, devices, plans, … or an alias
    pub resource: String,
    /// Which ones, in the filter language
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Fields to sort by, joined by commas; - before one for descending
    #[arg(long, value_name = "FIELD,-FIELD", allow_hyphen_values = true)]
    pub sort: Option<String>,
    /// The fields to show, joined by commas
    #[arg(long, value_name = "FIELD,FIELD")]
    pub fields: Option<String>,
    /// At most so many rows
    #[arg(long, default_value_t = crate::store::list::SHOWN, value_name = "N")]
    pub limit: usize,
    /// All rows
    #[arg(long)]
    pub all: bool,
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub output: Format,
}

#[derive(Args)]
pub struct Get {
    pub resource: String,
    /// Number, name or id
    pub record: String,
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub output: Format,
}

#[derive(Args)]
pub struct History {
    pub resource: String,
    /// Number, name or id
    pub record: String,
    /// At most so many changes, the newest first
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub limit: usize,
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub output: Format,
}

#[derive(Args)]
pub struct Add {
    pub resource: String,
    /// field=value …, or - to read JSON from stdin. A secret is given as field=@FILE or field=-
    #[arg(required = true, value_name = "FIELD=VALUE")]
    pub values: Vec<String>,
}

#[derive(Args)]
pub struct Set {
    pub resource: String,
    /// Number, name or id
    pub record: String,
    /// field=value …, or - to read JSON from stdin. A secret is given as field=@FILE or field=-
    #[arg(required = true, value_name = "FIELD=VALUE")]
    pub values: Vec<String>,
}

#[derive(Args)]
pub struct Do {
    /// suspend, reactivate, retire, delete, …
    pub action: String,
    pub resource: String,
    /// Numbers, names or ids, and key=value for what the action takes
    #[arg(value_name = "RECORD|KEY=VALUE")]
    pub rest: Vec<String>,
    /// All that match, in the filter language
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Do it; without this it is only shown
    #[arg(long)]
    pub yes: bool,
    /// Why, for the audit log
    #[arg(long)]
    pub reason: Option<String>,
}

#[derive(Args)]
pub struct Undo {
    /// The operation's id; where none is given my last one, of this login first
    pub operation: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FileFormat {
    Csv,
    /// CSV divided by semicolons
    Semicolon,
    Tsv,
    Jsonl,
}

#[derive(Args)]
pub struct Import {
    pub resource: String,
    /// The file, or - for stdin
    pub file: PathBuf,
    /// Check everything and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Change records whose id or number exists
    #[arg(long)]
    pub update: bool,
    /// Write the good rows; the bad ones go to the file of --rejects
    #[arg(long, requires = "rejects")]
    pub only_good: bool,
    /// Where the bad rows go
    #[arg(long, value_name = "FILE", requires = "only_good")]
    pub rejects: Option<PathBuf>,
    /// A TOML file of column = "field" for columns with other names
    #[arg(long, value_name = "FILE")]
    pub map: Option<PathBuf>,
    /// What the file is, where its name does not say it
    #[arg(long, value_enum)]
    pub format: Option<FileFormat>,
}

#[derive(Args)]
pub struct Export {
    pub resource: String,
    /// The file; stdout where none is given
    pub file: Option<PathBuf>,
    /// Which ones, in the filter language
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// The fields to write, joined by commas
    #[arg(long, value_name = "FIELD,FIELD")]
    pub fields: Option<String>,
    #[arg(short, long, value_enum)]
    pub output: Option<FileFormat>,
}

#[derive(Args)]
pub struct Poll {
    /// Carry every enabled check to a verdict, and end
    #[arg(long)]
    pub once: bool,
    /// Serve the figures for a collector at ADDR/metrics, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDR", conflicts_with = "once")]
    pub metrics: Option<std::net::SocketAddr>,
}

#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    pub command: KeysCommand,
}

#[derive(Subcommand)]
pub enum KeysCommand {
    /// Make a new key and seal every secret with it; may be interrupted and run again
    Rotate {
        /// Replace the key outside the database, which wraps all others; the key file is written anew
        #[arg(long)]
        master: bool,
    },
}

#[derive(Args)]
pub struct Check {
    /// Number, name or id of a device
    pub device: String,
}

#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    pub command: AuditCommand,
}

#[derive(Subcommand)]
pub enum AuditCommand {
    /// Walk every chain and recompute every hash
    Verify,
    /// The entries
    List {
        #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
        filter: Option<String>,
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: usize,
        #[arg(long)]
        all: bool,
        #[arg(short, long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
    /// Every entry as JSON Lines
    Export {
        /// The file; stdout where none is given
        file: Option<PathBuf>,
        #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
        filter: Option<String>,
    },
}

#[derive(Args)]
pub struct User {
    #[command(subcommand)]
    pub command: UserCommand,
}

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a person; the password is asked for
    Add {
        username: String,
        #[arg(long)]
        full_name: Option<String>,
        #[arg(long)]
        email: Option<String>,
        #[arg(long)]
        phone: Option<String>,
        /// Roles, joined by commas, the main one first
        #[arg(long, default_value = "viewer")]
        roles: String,
        /// The partner whose rows this person sees, and nothing else
        #[arg(long, value_name = "ORGANIZATION")]
        partner: Option<String>,
        /// The distributor whose partners' rows this person sees, and nothing else
        #[arg(long, value_name = "ORGANIZATION", conflicts_with = "partner")]
        distributor: Option<String>,
        /// Read the password from this file (- for stdin) instead of asking
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Everybody
    List {
        #[arg(short, long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
    /// Set my password, or somebody's
    Passwd {
        username: Option<String>,
        /// Read the new password from this file (- for stdin) instead of asking
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Lock somebody out and end their sessions
    Lock { username: String },
    /// Let somebody in again
    Unlock { username: String },
    /// Invite somebody with a role; prints the token that they join with, once
    Invite {
        email: String,
        #[arg(long, default_value = "viewer")]
        role: String,
    },
    /// Accept an invitation: makes my account; its token comes from HEADEND_TOKEN or is asked for
    Join {
        username: String,
        #[arg(long, default_value = "")]
        full_name: String,
        /// Read the password from this file (- for stdin) instead of asking
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Make a token for a script, which may do a part of what I may; prints it once
    Token {
        name: String,
        /// A permission such as customers.read or devices.*; give it again for each
        #[arg(long = "may", required = true, value_name = "PERMISSION")]
        may: Vec<String>,
        /// Until when it holds, such as +90d; without it, until it is revoked
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
}

#[derive(Args)]
pub struct Tenant {
    #[command(subcommand)]
    pub command: TenantCommand,
}

#[derive(Subcommand)]
pub enum TenantCommand {
    /// Let an organisation work: after its trial, its suspension or its end
    Activate {
        tenant: String,
        /// Until when, such as 2027-12-31 or +1y; it is expired then
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
        #[arg(long)]
        reason: Option<String>,
    },
    /// Let its people look and change nothing
    Suspend {
        tenant: String,
        #[arg(long)]
        reason: Option<String>,
    },
    /// End its time: its people look and change nothing
    Expire {
        tenant: String,
        #[arg(long)]
        reason: Option<String>,
    },
}

#[derive(Args)]
pub struct Sessions {
    #[command(subcommand)]
    pub command: SessionsCommand,
}

#[derive(Subcommand)]
pub enum SessionsCommand {
    /// The logins that are open: mine, or everybody's with the permission
    List {
        #[arg(short, long, value_enum, default_value_t = Format::Table)]
        output: Format,
    },
    /// End a login
    Revoke {
        /// The session's id
        session: String,
    },
}

#[derive(Args)]
pub struct Login {
    /// The user name; HEADEND_USER, or asked for
    pub username: Option<String>,
}

#[derive(Args)]
pub struct Reference {
    #[command(subcommand)]
    pub command: ReferenceCommand,
}

#[derive(Subcommand)]
pub enum ReferenceCommand {
    /// Every action with its keys, every operation with its letter
    Keys {
        /// The built-in keys, whatever your own key file says
        #[arg(long)]
        built_in: bool,
    },
    /// The fields of a resource; of all where none is given
    Fields { resource: Option<String> },
    /// Every text of the screens in English, to be said in another language
    Texts,
}

#[derive(Args)]
pub struct Doctor {
    /// Recompute every derived figure
    #[arg(long)]
    pub data: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commands_are_well_formed() {
        command().debug_assert();
    }
}
