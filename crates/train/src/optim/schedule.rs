//! How the learning rate moves.

use crate::config::{Schedule, TrainingConfig, classify};

/// What a configuration says of it, whatever it is about.
#[derive(Clone, Copy, Debug)]
pub struct Course {
    schedule: Schedule,
    highest: f64,
    lowest: f64,
    warmup_steps: usize,
    plateau_factor: f64,
    plateau_patience: usize,
}

macro_rules! course_of {
    ($($config:ty),+) => {$(
        impl From<&$config> for Course {
            fn from(config: &$config) -> Self {
                Self {
                    schedule: config.schedule,
                    highest: config.learning_rate,
                    lowest: config.final_learning_rate,
                    warmup_steps: config.warmup_steps,
                    plateau_factor: config.plateau_factor,
                    plateau_patience: config.plateau_patience,
                }
            }
        }
    )+};
}

course_of!(TrainingConfig, classify::TrainingConfig);

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
    pub fn after_epoch(&mut self, is_better: bool, course: impl Into<Course>) {
        let course = course.into();
        self.stale = if is_better { 0 } else { self.stale + 1 };
        if self.stale >= course.plateau_patience.max(1) {
            self.factor *= course.plateau_factor;
            self.stale = 0;
        }
    }
}

/// The rate of a step, the first being 0, out of so many.
pub fn rate(course: impl Into<Course>, step: u64, steps: u64, plateau: Plateau) -> f64 {
    let course = course.into();
    let Course { highest, lowest, .. } = course;
    let warmup = (course.warmup_steps as u64).min(steps);
    if step < warmup {
        return highest * (step + 1) as f64 / warmup as f64;
    }
    match course.schedule {
        Schedule::Constant => highest,
        Schedule::Plateau => highest * plateau.factor,
        Schedule::Cosine => {
            let way = (step - warmup) as f64 / (steps - warmup).max(1) as f64;
            lowest + (highest - lowest) * (1.0 + (std::f64::consts::PI * way.min(1.0)).cos()) / 2.0
        }
    }
}

/// How much of its highest rate a step of another phase has, whose rates move as that of the words does.
pub fn share(course: impl Into<Course>, step: u64, steps: u64, plateau: Plateau) -> f64 {
    let course = course.into();
    rate(course, step, steps, plateau) / course.highest
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
