//! The command-line program: a thin shell over the library.

mod cli;

/// Batches of texts are made by one thread and dropped by another: the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
