//! The binary.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use workflow_platform::cli;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
