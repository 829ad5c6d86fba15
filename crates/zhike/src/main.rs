//! The `zhike` program. See `commands`.

mod commands;

fn main() -> std::process::ExitCode {
    commands::run()
}
