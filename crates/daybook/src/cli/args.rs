//! The words of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use daybook_domain::account::{EmailAddress, Role, Scope};
use daybook_domain::{CalendarId, JobId};
use daybook_store::jobs::State;

/// Calendars in, billable hours out.
#[derive(Debug, Parser)]
#[command(name = "daybook", version, about, long_about = None, propagate_version = true)]
pub struct Cli {
    /// Configuration file [default: daybook.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE", env = "DAYBOOK_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print lists and results as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Address and port to listen on
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub bind: Option<String>,
    /// sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE
    #[arg(long, global = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Folder for the SQLite file and the key file
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<String>,
    /// Where people reach this server
    #[arg(long, global = true, value_name = "URL")]
    pub base_url: Option<String>,
    /// Log filter, such as info or info,daybook_engine=debug
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// Settings given as flags.
    #[must_use]
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        [
            ("bind", &self.bind),
            ("database_url", &self.database_url),
            ("data_dir", &self.data_dir),
            ("base_url", &self.base_url),
            ("log", &self.log),
        ]
        .into_iter()
        .filter_map(|(key, value)| value.clone().map(|value| (key, value)))
        .collect()
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API and the dashboard, and do the background work
    Serve {
        /// Leave the background work to `daybook worker`
        #[arg(long)]
        no_worker: bool,
    },
    /// Do only the background work
    Worker,
    /// Everything in a temporary folder, with simulated providers and sample people
    Demo(Demo),
    /// Only the provider simulators
    Sandbox(Sandbox),
    /// Bring the database schema up to date
    Migrate,
    /// Check configuration, database, clock and providers, and say how to mend each
    Doctor,
    /// Show or check the configuration
    Config {
        /// What
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Manage people
    User {
        /// What
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Manage API keys
    ApiKey {
        /// What
        #[command(subcommand)]
        command: ApiKeyCommand,
    },
    /// Sync calendars now
    Sync {
        /// Every calendar that is switched on
        #[arg(
            long,
            required_unless_present = "calendar",
            conflicts_with = "calendar"
        )]
        all: bool,
        /// One calendar, by its id
        #[arg(long, value_name = "ID")]
        calendar: Option<CalendarId>,
        /// Read everything again instead of what changed
        #[arg(long)]
        full: bool,
    },
    /// Manage access tokens
    Tokens {
        /// What
        #[command(subcommand)]
        command: TokensCommand,
    },
    /// Look after background jobs
    Jobs {
        /// What
        #[command(subcommand)]
        command: JobsCommand,
    },
    /// Look after encryption keys
    Keys {
        /// What
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Copy the SQLite database to a file, while the server runs
    Backup {
        /// Where to
        file: PathBuf,
    },
    /// Put a backup in place of the SQLite database; the server must not run
    Restore {
        /// The backup
        file: PathBuf,
        /// Replace a database that exists
        #[arg(long)]
        force: bool,
    },
    /// Take over time recorded elsewhere; reading the same file again takes no row twice
    Import(Import),
    /// Print the OpenAPI document
    Openapi,
    /// Print completions for a shell
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page
    Man,
}

/// Flags of `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keep the data in this folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Send mail through this server, written as in `SMTP_URL`; without it a demo sends none
    #[arg(long, value_name = "URL")]
    pub smtp_url: Option<String>,
}

/// Flags of `sandbox`.
#[derive(Debug, Args)]
pub struct Sandbox {
    /// Where our server is, for the redirect address that is printed
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8000")]
    pub server: String,
    /// First port: Google on it, CalDAV, Microsoft and Slack on the next ones
    #[arg(long, default_value_t = 8100)]
    pub port: u16,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Product {
    /// Toggl Track: Reports, Detailed, CSV
    Toggl,
    /// Clockify: Reports, Detailed, CSV
    Clockify,
    /// Harvest: Reports, Detailed time, CSV
    Harvest,
    /// A calendar file: every meeting that is over
    Ics,
}

/// How dates like 03/04/2026 are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DateWords {
    /// 25/04/2026
    Dmy,
    /// 04/25/2026
    Mdy,
}

/// Where imported entries stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ImportStatus {
    /// Not handed in yet
    Draft,
    /// Waits for approval
    Pending,
    /// May be billed
    Approved,
}

/// Flags of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// Whose file it is
    pub product: Product,
    /// The file
    pub file: PathBuf,
    /// Who does it, and whose the rows are that name nobody; may be left out when the server has one owner
    #[arg(long)]
    pub email: Option<EmailAddress>,
    /// In this workspace (slug or name), when the person has several
    #[arg(long, requires = "email")]
    pub workspace: Option<String>,
    /// Zone of the times in the file; otherwise the person's
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// How dates like 03/04/2026 are meant, when the file does not tell
    #[arg(long, value_enum)]
    pub dates: Option<DateWords>,
    /// Where the entries stand then
    #[arg(long, value_enum, default_value = "pending")]
    pub status: ImportStatus,
    /// Say what would happen, and keep nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `config …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// Show every setting, its value and where it came from; secrets are not shown
    Show,
    /// Say whether the configuration can be used
    Check,
    /// Print a commented daybook.toml with every setting and its default
    Default,
}

/// `user …`
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Create a person, and the workspace if it is new
    Create {
        /// E-mail address
        #[arg(long)]
        email: EmailAddress,
        /// Workspace, by name
        #[arg(long)]
        workspace: String,
        /// owner, admin or member
        #[arg(long)]
        role: Role,
        /// Name; otherwise from the address
        #[arg(long)]
        name: Option<String>,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Replace the password of somebody who has one; they are signed out everywhere
        #[arg(long, requires = "password_stdin")]
        reset_password: bool,
    },
}

/// `api-key …`
#[derive(Debug, Subcommand)]
pub enum ApiKeyCommand {
    /// Create a key and print it, alone, on standard output
    Create {
        /// Whose
        #[arg(long)]
        email: EmailAddress,
        /// read, write, admin (comma-separated)
        #[arg(long, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// In this workspace (slug or name), when the person has several
        #[arg(long)]
        workspace: Option<String>,
        /// What to call it
        #[arg(long, default_value = "command line")]
        name: String,
    },
}

/// `tokens …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum TokensCommand {
    /// Refresh the tokens that expire soon
    Refresh,
}

/// `jobs …`
#[derive(Debug, Subcommand)]
pub enum JobsCommand {
    /// List jobs, the newest first
    List {
        /// live, failed or done
        #[arg(long)]
        state: Option<State>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        limit: i64,
    },
    /// Run a job of this name now
    Run {
        /// Its name, such as sync_all_calendars
        name: String,
    },
    /// Try a failed job again
    Retry {
        /// Its id
        id: JobId,
    },
}

/// `keys …`
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysCommand {
    /// Encrypt every stored secret with the newest key; the server may run
    Rotate,
}
