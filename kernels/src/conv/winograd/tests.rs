//! Which convolutions are computed so: that their numbers are right is in `kernels/src/tests/`.

use super::pays;
use crate::conv::shape::{ConvShape, EVERYTHING, Epilogue, Images};
use crate::layout::Layout;

const FITTING: ConvShape = ConvShape { inputs: 64, outputs: 64, kernel: [3, 3], stride: 1, groups: 1 };

fn is_paying(shape: ConvShape, [rows, cols]: [usize; 2], is_reproducible: bool) -> bool {
    let input_layout = &Layout::new(shape.inputs, rows, cols);
    let output_layout = &Layout::new(shape.outputs, rows, cols);
    let epilogue = Epilogue { added: None, range: EVERYTHING };
    pays(&Images { shape: &shape, input: &[], input_layout, padding: [1, 1], epilogue, output_layout, is_reproducible })
}

#[test]
fn it_pays_for_every_stage_of_a_residual_network() {
    for (channels, side) in [(64, 56), (128, 28), (256, 14), (512, 7)] {
        assert!(is_paying(ConvShape { inputs: channels, outputs: channels, ..FITTING }, [side, side], false));
    }
}

#[test]
fn what_it_is_not_for_keeps_to_plain_products() {
    let shapes = [
        ConvShape { kernel: [1, 1], ..FITTING },
        ConvShape { kernel: [5, 5], ..FITTING },
        ConvShape { stride: 2, ..FITTING },
        ConvShape { groups: 2, ..FITTING },
        ConvShape { inputs: 3, ..FITTING },
        ConvShape { outputs: 8, ..FITTING },
    ];
    for shape in shapes {
        assert!(!is_paying(shape, [28, 28], false), "{shape:?}");
    }
    for sides in [[1, 1], [3, 3], [1, 100], [100, 1]] {
        assert!(!is_paying(FITTING, sides, false), "{sides:?}");
    }
    assert!(is_paying(FITTING, [28, 28], false) && !is_paying(FITTING, [28, 28], true));
}
