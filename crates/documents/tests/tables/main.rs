//! Tables in and out, through the public door only.

#[cfg(target_os = "linux")]
mod bounds;
mod damaged;
mod fixtures;
mod read;
mod write;
