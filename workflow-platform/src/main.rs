//! The binary.

use std::process::ExitCode;

use workflow_platform::cli;

fn main() -> ExitCode {
    allocator::give_back_soon();
    cli::main()
}
