//! Who may ask: the page that this program serves, opened by whoever can read the terminal.

use subtle::ConstantTimeEq;

use super::http::{Request, Response};

/// What every address begins with, and by which names this program is reached.
pub struct Guard {
    token: String,
    hosts: [String; 2],
}

impl Guard {
    pub fn new(token: String, port: u16) -> Self {
        Self { token, hosts: ["127.0.0.1", "localhost"].map(|name| format!("{name}:{port}")) }
    }

    /// The path below the token, or why nothing is answered.
    pub fn path<'a>(&self, request: &'a Request) -> Result<&'a str, Response> {
        // Another name may be one that a stranger's server has led here.
        let host = request.host.as_ref().filter(|host| self.hosts.contains(host));
        let Some(host) = host else {
            return Err(Response::refused(403, "this program answers to no other name than 127.0.0.1 and localhost"));
        };
        if request.origin.as_ref().is_some_and(|origin| *origin != format!("http://{host}")) {
            return Err(Response::refused(403, "this program answers no other page than its own"));
        }
        let (token, path) = request.target.strip_prefix('/').and_then(|rest| rest.split_once('/')).unwrap_or_default();
        // As long for every wrong token, so that none can be guessed digit by digit.
        match bool::from(token.as_bytes().ct_eq(self.token.as_bytes())) {
            true => Ok(path),
            false => Err(Response::refused(403, "the address is not the one that sightline alt --review printed")),
        }
    }
}
