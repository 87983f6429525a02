//! How a command came out when it did not fail altogether.

use std::process::ExitCode;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CommandStatus {
    AllWell,
    /// Something failed and was reported; the rest was done.
    SomeFailed,
    /// Somebody pressed Ctrl-C; what was done is kept.
    Stopped,
}

impl From<CommandStatus> for ExitCode {
    fn from(status: CommandStatus) -> Self {
        match status {
            CommandStatus::AllWell => Self::SUCCESS,
            CommandStatus::SomeFailed => Self::FAILURE,
            CommandStatus::Stopped => Self::from(130),
        }
    }
}
