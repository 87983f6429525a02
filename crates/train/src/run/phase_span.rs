//! The epochs of each phase of a run, counted over the whole of it.

#[derive(Clone, Copy, Debug)]
pub struct PhaseSpan<P> {
    pub phase: P,
    pub begin: usize,
    pub end: usize,
}

impl<P> PhaseSpan<P> {
    pub fn contains(&self, epoch: usize) -> bool {
        (self.begin..self.end).contains(&epoch)
    }

    pub fn epochs(&self) -> usize {
        self.end - self.begin
    }
}

/// Phases of so many epochs, one after the other; those that have none are left out.
pub fn spans<P>(phases: impl IntoIterator<Item = (P, usize)>) -> Vec<PhaseSpan<P>> {
    let mut begin = 0;
    let mut spans = Vec::new();
    for (phase, epochs) in phases.into_iter().filter(|(_, epochs)| *epochs > 0) {
        spans.push(PhaseSpan { phase, begin, end: begin + epochs });
        begin += epochs;
    }
    spans
}
