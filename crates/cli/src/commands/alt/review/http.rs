//! What a browser asks and what it is answered, without the sockets between them.

use serde::Serialize;

/// One request, with what of its head decides about it.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: String,
    /// As it stands in the first line.
    pub target: String,
    /// Nothing where there is not exactly one.
    pub host: Option<String>,
    pub origin: Option<String>,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// More than any review has: a text, and the one that it replaces.
pub const BODY_LIMIT: usize = 64 << 10;

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub content_type: &'static str,
    /// The methods that are allowed, where the request's is not.
    pub allow: Option<&'static str>,
    pub body: Vec<u8>,
}

/// On every response: no script but the page's own, nothing from elsewhere, and no copy that outlives the review.
pub const HEADERS: [(&str, &str); 7] = [
    (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
    // The address has the token in it.
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
];

impl Response {
    pub fn new(content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, content_type, allow: None, body: body.into() }
    }

    pub fn json(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self { status, ..Self::new("application/json", body) },
            Err(error) => Self { status: 500, ..Self::new("text/plain; charset=utf-8", error.to_string()) },
        }
    }

    /// Why a request is not granted.
    pub fn refused(status: u16, reason: impl Into<String>) -> Self {
        #[derive(Serialize)]
        struct Refusal {
            error: String,
        }
        Self::json(status, &Refusal { error: reason.into() })
    }
}
