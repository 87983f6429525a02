//! Opens an address in the browser.

#[cfg(not(target_os = "wasi"))]
pub fn open(address: &str) -> anyhow::Result<()> {
    Ok(open::that_detached(address)?)
}

/// Node starts the browser, for WASI starts no programs.
#[cfg(target_os = "wasi")]
pub fn open(address: &str) -> anyhow::Result<()> {
    #[link(wasm_import_module = "sightline")]
    unsafe extern "C" {
        /// 0 where there is nothing that would open it.
        fn open_browser(address: *const u8, length: usize) -> i32;
    }
    // SAFETY: this is memory of this length.
    let is_opened = unsafe { open_browser(address.as_ptr(), address.len()) } != 0;
    anyhow::ensure!(is_opened, "this system has no program that opens addresses");
    Ok(())
}
