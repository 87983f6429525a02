//! The server of a review: this machine's own address, one request a connection, and a limit to everything.
//!
//! The servers that do not bring a runtime along have no limit to the size of a head or to how long one may take.

#[cfg(not(target_os = "wasi"))]
mod native;
#[cfg(target_os = "wasi")]
mod node;

use std::time::Duration;

#[cfg(not(target_os = "wasi"))]
pub use self::native::Server;
#[cfg(target_os = "wasi")]
pub use self::node::Server;

/// For a request to come, and for an answer to be taken. A map is computed in between.
const PATIENCE: Duration = Duration::from_secs(10);
/// A browser has six for each page.
const MOST_CONNECTIONS: usize = 64;
/// What is taken of whoever still sends when all that is answered has been.
const UNREAD_LIMIT: usize = 1 << 20;

fn taken(port: u16) -> anyhow::Error {
    anyhow::anyhow!("port {port} is taken by another program; without --port one that is free is taken")
}

fn unusable(port: u16) -> String {
    format!("port {port} of this machine cannot be listened on")
}
