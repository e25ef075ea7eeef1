//! What `media` writes is what `metadata` proves: neither knows the other, so the claims about both are kept here.

mod again;
mod deep;
