//! Still and animated pictures: one file a format, behind one [`open`]. Orientation, colour and alpha are settled
//! here, once.
