//! The plainest style: one constant colour. Nothing around the mask is read either, so the output says nothing but
//! where something was.

use super::paint::Fill;

pub(super) struct Solid<const C: usize>(pub(super) [u8; C]);

impl<const C: usize> Fill<C> for Solid<C> {
    fn at(&mut self, _: u32, _: u32) -> [f32; C] {
        self.0.map(f32::from)
    }
}
