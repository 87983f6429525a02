//! Ctrl-C, and what else asks a program to end.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// What the first Ctrl-C sets, after which `notice` is said; the second ends the program at once.
#[cfg(not(target_os = "wasi"))]
pub fn stop_on_interrupt(notice: &'static str) -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handler = stop.clone();
    ctrlc::set_handler(move || {
        if handler.swap(true, std::sync::atomic::Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\n{notice}");
    })?;
    Ok(stop)
}

/// Nothing, where there are no signals.
#[cfg(target_os = "wasi")]
pub fn stop_on_interrupt(_: &'static str) -> anyhow::Result<Arc<AtomicBool>> {
    Ok(Arc::default())
}

/// Where every Ctrl-C arrives from now on.
#[cfg(not(target_os = "wasi"))]
pub fn interrupts() -> anyhow::Result<std::sync::mpsc::Receiver<()>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    // Nobody receives any more when the program is about to end.
    ctrlc::set_handler(move || sender.send(()).unwrap_or_default())?;
    Ok(receiver)
}

/// Where nothing ever arrives: there are no signals, and Ctrl-C ends Node and this program with it.
#[cfg(target_os = "wasi")]
pub fn interrupts() -> anyhow::Result<std::sync::mpsc::Receiver<()>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    // Without a sender nobody would wait.
    std::mem::forget(sender);
    Ok(receiver)
}
