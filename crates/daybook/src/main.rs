//! The binary: hands the command line over and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    daybook::cli::main()
}
