//! Stands in for `learning.rs` where nothing learns: no tensor has a gradient, so nothing of this can be made.

use burn::tensor::Tensor;

macro_rules! none {
    ($($name:ident { of($($of:ty),*) $($method:ident($argument:ty)),* })*) => {$(
        #[derive(Clone, Debug)]
        pub enum $name {}

        impl $name {
            pub fn of($(_: $of),*) -> Option<Self> {
                None
            }

            $(
                pub fn $method(&self, _: $argument) -> Tensor<2> {
                    match *self {}
                }
            )*
        }
    )*};
}

none! {
    MatrixGradient { of(&Tensor<2>) after(Tensor<2>) }
    PerWordGradient { of(&Tensor<3>) word(usize) }
    CellGradients { of(&Tensor<3>) products(Tensor<2>), weighted_sum(Tensor<2>) }
    KeyGradients { of(&Tensor<3>, &Tensor<2>) compare(Tensor<2>) }
}

pub enum GateGradients {}

impl GateGradients {
    pub fn hidden_and_cell(_: &Tensor<2>, _: &Tensor<2>) -> Option<Tensor<2>> {
        None
    }
}
