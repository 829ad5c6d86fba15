//! What tests of the whole product share: a client, and the real server as a process that can be started and killed.

pub mod http;
pub mod server;
