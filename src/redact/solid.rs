//! The plainest style: one constant colour. Nothing around the mask is read either, so the output says nothing but
//! where something was.

use super::paint::Fill;

pub(super) struct Solid<const C: usize>(pub(super) [u8; C]);

impl<const C: usize> Fill<C> for Solid<C> {
    fn colour(&mut self, _: u32, _: u32, run: &mut [[f32; C]]) {
        run.fill(self.0.map(f32::from));
    }
}
