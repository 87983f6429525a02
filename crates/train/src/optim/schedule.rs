//! How the learning rate moves.

use crate::config::{Schedule, TrainingConfig};

/// What the `plateau` schedule remembers.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Plateau {
    /// What the learning rate is multiplied by.
    pub factor: f64,
    /// Epochs since something better.
    pub stale: usize,
}

impl Default for Plateau {
    fn default() -> Self {
        Self { factor: 1.0, stale: 0 }
    }
}

impl Plateau {
    pub fn after_epoch(&mut self, is_better: bool, config: &TrainingConfig) {
        self.stale = if is_better { 0 } else { self.stale + 1 };
        if self.stale >= config.plateau_patience.max(1) {
            self.factor *= config.plateau_factor;
            self.stale = 0;
        }
    }
}

/// The rate of a step, the first being 0, out of so many.
pub fn rate(config: &TrainingConfig, step: u64, steps: u64, plateau: Plateau) -> f64 {
    let TrainingConfig { learning_rate: highest, final_learning_rate: lowest, .. } = *config;
    let warmup = (config.warmup_steps as u64).min(steps);
    if step < warmup {
        return highest * (step + 1) as f64 / warmup as f64;
    }
    match config.schedule {
        Schedule::Constant => highest,
        Schedule::Plateau => highest * plateau.factor,
        Schedule::Cosine => {
            let way = (step - warmup) as f64 / (steps - warmup).max(1) as f64;
            lowest + (highest - lowest) * (1.0 + (std::f64::consts::PI * way.min(1.0)).cos()) / 2.0
        }
    }
}

/// How much of its highest rate a step of another phase has, whose rates move as that of the words does.
pub fn share(config: &TrainingConfig, step: u64, steps: u64, plateau: Plateau) -> f64 {
    rate(config, step, steps, plateau) / config.learning_rate
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(schedule: Schedule) -> TrainingConfig {
        TrainingConfig {
            learning_rate: 1.0,
            final_learning_rate: 0.1,
            warmup_steps: 10,
            schedule,
            ..Default::default()
        }
    }

    #[test]
    fn a_cosine_rises_then_falls_to_the_final_rate() {
        let rate = |step| rate(&config(Schedule::Cosine), step, 110, Plateau::default());
        assert_eq!(rate(0), 0.1);
        assert_eq!(rate(9), 1.0);
        assert!((rate(60) - 0.55).abs() < 1e-12, "{}", rate(60));
        assert!((rate(110) - 0.1).abs() < 1e-12);
        assert!((rate(9999) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn other_phases_move_as_the_words_do() {
        let config = TrainingConfig { learning_rate: 0.2, final_learning_rate: 0.02, ..config(Schedule::Cosine) };
        let share = |step| share(&config, step, 110, Plateau::default());
        assert_eq!(share(9), 1.0);
        assert!((share(110) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn a_plateau_lowers_the_rate_after_its_patience() {
        let config = TrainingConfig { plateau_patience: 2, plateau_factor: 0.5, ..config(Schedule::Plateau) };
        let mut plateau = Plateau::default();
        for is_better in [true, false, true, false, false] {
            assert_eq!(rate(&config, 50, 100, plateau), 1.0);
            plateau.after_epoch(is_better, &config);
        }
        assert_eq!(rate(&config, 50, 100, plateau), 0.5);
    }

    #[test]
    fn a_run_shorter_than_its_warmup_never_divides_by_nothing() {
        assert_eq!(rate(&config(Schedule::Cosine), 2, 3, Plateau::default()), 1.0);
    }
}
