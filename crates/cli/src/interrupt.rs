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
        say_lines!("\n{notice}");
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

/// Where every Ctrl-C arrives from now on: Node hears of it.
#[cfg(target_os = "wasi")]
pub fn interrupts() -> anyhow::Result<Interrupts> {
    // SAFETY: nothing is pointed at.
    unsafe { listen_for_interrupts() };
    Ok(Interrupts)
}

#[cfg(target_os = "wasi")]
pub struct Interrupts;

#[cfg(target_os = "wasi")]
impl Interrupts {
    pub fn recv(&self) -> anyhow::Result<()> {
        // SAFETY: nothing is pointed at.
        unsafe { wait_for_interrupt() };
        Ok(())
    }
}

#[cfg(target_os = "wasi")]
#[link(wasm_import_module = "sightline")]
unsafe extern "C" {
    /// From then on interrupts end the program no more. For the main thread alone.
    fn listen_for_interrupts();
    fn wait_for_interrupt();
}
