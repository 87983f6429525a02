//! Work in pieces that do not touch each other, on as many threads as there are.

use pulp::{Simd, WithSimd};

/// Memory that several tasks write to, each its own places.
#[derive(Debug)]
pub struct Shared<T>(pub *mut T);

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Shared<T> {}

// SAFETY: whoever makes one sees to it that no two tasks write to the same place, and that none reads what another writes.
unsafe impl<T> Sync for Shared<T> {}
unsafe impl<T> Send for Shared<T> {}

impl<T> Shared<T> {
    /// # Safety
    /// The place has to lie in the memory.
    #[inline(always)]
    pub unsafe fn at(self, offset: usize) -> *mut T {
        unsafe { self.0.add(offset) }
    }
}

/// Does the tasks from 0 to `count`. A processor of its own is worth it from so many multiplications on.
#[cfg(not(target_os = "unknown"))]
pub fn for_each(count: usize, multiplications: usize, task: impl Fn(usize) + Sync) {
    use rayon::prelude::*;
    const WORTH_IT: usize = 1 << 18;
    if multiplications < WORTH_IT || count < 2 || rayon::current_num_threads() == 1 {
        return (0..count).for_each(task);
    }
    (0..count).into_par_iter().for_each(&task);
}

/// A page's wasm has one thread.
#[cfg(target_os = "unknown")]
pub fn for_each(count: usize, _: usize, task: impl Fn(usize) + Sync) {
    (0..count).for_each(task);
}

/// Runs it in the widest vectors that there are.
#[cfg(not(all(target_family = "wasm", feature = "relaxed-simd")))]
pub fn in_vectors<W: WithSimd>(work: W) -> W::Output {
    pulp::Arch::new().dispatch(work)
}

/// Runs it in the vectors that this wasm is for, and in no others: each kind would be compiled, and downloaded.
#[cfg(all(target_family = "wasm", feature = "relaxed-simd"))]
pub fn in_vectors<W: WithSimd>(work: W) -> W::Output {
    // SAFETY: a wasm with these instructions does not load where they are not known.
    Simd::vectorize(unsafe { pulp::wasm::RelaxedSimd::new_unchecked() }, work)
}

/// How many numbers a vector has.
pub fn lanes() -> usize {
    struct Lanes;
    impl WithSimd for Lanes {
        type Output = usize;

        #[inline(always)]
        fn with_simd<S: Simd>(self, _: S) -> usize {
            S::F32_LANES
        }
    }
    in_vectors(Lanes)
}
