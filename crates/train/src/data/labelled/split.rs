//! Which photos are set aside, by chance and of every class the same share.

use rand::Rng;

use crate::rng::rng_for;

/// Rows to learn from, and rows to judge by. Of a class that has two photos, one is learnt from.
pub fn stratified(classes: &[String], labels: &[usize], share: f64, seed: u64) -> (Vec<usize>, Vec<usize>) {
    let (mut train, mut judge) = (Vec::new(), Vec::new());
    for (label, class) in classes.iter().enumerate() {
        let rows = (0..labels.len()).filter(|row| labels[*row] == label);
        // Every photo draws a number and they are put in its order. A shuffle of a library may change with its version,
        // and a model would be judged by photos that it learnt from.
        let mut random = rng_for(seed, class, 0);
        let mut order: Vec<(u64, usize)> = rows.map(|row| (random.next_u64(), row)).collect();
        order.sort_unstable();
        let aside = (share * order.len() as f64).round() as usize;
        let aside = aside.max(1).min(order.len().saturating_sub(1));
        judge.extend(order[..aside].iter().map(|(_, row)| *row));
        train.extend(order[aside..].iter().map(|(_, row)| *row));
    }
    train.sort_unstable();
    judge.sort_unstable();
    (train, judge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_gives_the_same_share_and_a_seed_always_the_same_photos() {
        let classes = ["cat", "dog", "emu"].map(String::from);
        let labels: Vec<usize> = (0..111)
            .map(|row| {
                if row < 10 {
                    0
                } else if row < 110 {
                    1
                } else {
                    2
                }
            })
            .collect();
        let (train, judge) = stratified(&classes, &labels, 0.2, 7);
        let of = |rows: &[usize], label: usize| rows.iter().filter(|row| labels[**row] == label).count();
        assert_eq!([of(&judge, 0), of(&judge, 1), of(&judge, 2)], [2, 20, 0], "one photo is learnt from");
        assert_eq!([of(&train, 0), of(&train, 1), of(&train, 2)], [8, 80, 1]);
        let mut all = [train.clone(), judge.clone()].concat();
        all.sort_unstable();
        assert_eq!(all, (0..111).collect::<Vec<_>>());
        assert_eq!(stratified(&classes, &labels, 0.2, 7), (train, judge.clone()));
        assert_ne!(stratified(&classes, &labels, 0.2, 8).1, judge);
        assert_eq!(stratified(&classes[..2], &[0, 0, 1, 1], 0.01, 1).1.len(), 2, "at least one of each");
    }
}
