//! What `--review` is told.

use clap::Args;

#[derive(Args)]
pub struct ReviewArguments {
    /// Serve a page, on this machine alone, where people accept, correct and dismiss drafts
    #[arg(long, conflicts_with_all = ["check", "apply", "prune", "json"])]
    review: bool,
    /// The port of that page [default: one that is free]
    #[arg(long, value_name = "N", requires = "review")]
    pub port: Option<u16>,
    /// Open that page in the browser
    #[arg(long, requires = "review")]
    pub open: bool,
}

impl ReviewArguments {
    pub fn is_asked(&self) -> bool {
        self.review
    }
}
