//! How many photos are captioned side by side, and on how many threads each.

use clap::Args;
use clap::builder::RangedU64ValueParser;
use rayon::ThreadPoolBuilder;
use sightline::device::DeviceKind;

#[derive(Args)]
pub struct WorkerArguments {
    /// Photos to caption side by side, each with its share of the processor [default: one for each core; one where a
    /// GPU encodes them]
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..=MOST))]
    threads: Option<usize>,
}

/// Each has a photo in memory, and no machine has as many cores that would gain by more.
const MOST: u64 = 256;

impl WorkerArguments {
    pub fn for_photos(&self, is_single: bool, encoder: DeviceKind) -> Workers {
        let cores = cores();
        let usual = if is_single || encoder != DeviceKind::Cpu { 1 } else { cores };
        let count = if is_single { 1 } else { self.threads.unwrap_or(usual) };
        Workers { count, cores: (cores / count).max(1) }
    }
}

/// As many as rayon takes; the system tells where nobody else does, but not under WASI.
fn cores() -> usize {
    let told = std::env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let told = told.filter(|cores| *cores > 0);
    told.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

pub struct Workers {
    pub count: usize,
    /// For each of them.
    cores: usize,
}

impl Workers {
    /// What one of them does with a photo, in a thread of its own. A photo is done sooner by all cores, and many photos are
    /// by one core for each: cores that share a photo wait for each other after every layer.
    pub fn begin<Photo: Send, Made: Send>(&self, work: &(impl Fn(Photo) -> Made + Sync)) -> impl FnMut(Photo) -> Made {
        // One has all there is anyway; where no threads can be had, what there is is shared.
        let threads = || ThreadPoolBuilder::new().num_threads(self.cores).use_current_thread().build().ok();
        let threads = if self.count == 1 { None } else { threads() };
        move |photo| match &threads {
            Some(threads) => threads.install(|| work(photo)),
            None => work(photo),
        }
    }
}
