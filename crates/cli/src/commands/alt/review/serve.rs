//! Serves the page of a review until Ctrl-C.

use std::io::Write;
use std::sync::Arc;

use anyhow::Context;
use sightline::hash::hex;

use super::super::arguments::Arguments;
use super::browser;
use super::command_line::apply_command;
use super::guard::Guard;
use super::maps::Maps;
use super::server::Server;
use super::session::Session;
use super::site::Site;
use crate::interrupt::interrupts;
use crate::status::CommandStatus;

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let site = Site::open(arguments, apply_command(std::env::args_os().skip(1)))?;
    let server = Server::bind(arguments.review.port.unwrap_or(0))?;
    let (port, token) = (server.port()?, token()?);
    let address = format!("http://127.0.0.1:{port}/{token}/");
    say!("{}", notice(&site));
    let maps = Maps::new(arguments.model.clone(), arguments.device.clone(), arguments.beams.options());
    let session = Arc::new(Session::new(site, maps, Guard::new(token, port)));
    let interrupts = interrupts()?;
    let answering = session.clone();
    server.start(move |request| answering.answer(request));
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{address}")?;
    stdout.flush()?;
    if arguments.review.open
        && let Err(error) = browser::open(&address)
    {
        say!("no browser could be opened ({error}); open the address by hand");
    }
    // Nothing is sent where nothing can interrupt any more.
    interrupts.recv().context("Ctrl-C cannot be waited for")?;
    session.close();
    Ok(CommandStatus::Stopped)
}

fn notice(site: &Site) -> String {
    let waiting = match site.unreviewed {
        0 => "nothing is left to review".to_string(),
        1 => "1 draft is to review".to_string(),
        count => format!("{count} drafts are to review"),
    };
    format!("{}: {waiting}; every change is written at once, and Ctrl-C ends this", site.book.display())
}

/// What nobody guesses who has not seen the address.
fn token() -> anyhow::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("this system has no random numbers: {error}"))?;
    Ok(hex(&bytes))
}
