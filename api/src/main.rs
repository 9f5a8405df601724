//! The program `shijian`.

mod commands;

use std::process::ExitCode;

use clap::Parser;

/// A list of twenty sessions is a thousand small allocations, which the system's allocator takes a tenth of its time for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::CommandLine::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("shijian: {failure}");
            ExitCode::FAILURE
        }
    }
}
