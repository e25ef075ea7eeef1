//! The calls into libheif, wrapped so that nothing above them is unsafe.
//!
//! libheif 1.15's own limits are set before anything is parsed; the caps on the declared size are the caller's.

use std::{
    ffi::{CStr, c_int},
    marker::PhantomData,
    ptr,
};

use libheif_sys as lh;

use crate::geom::Size;

/// The header's `LIBHEIF_AUX_IMAGE_FILTER_OMIT_ALPHA | LIBHEIF_AUX_IMAGE_FILTER_OMIT_DEPTH`, which are macros.
const NEITHER_ALPHA_NOR_DEPTH: c_int = (1 << 1) | (2 << 1);

/// What libheif says went wrong.
#[derive(Debug)]
pub(super) struct HeifError {
    /// Whether the file asks for something that this libheif cannot do.
    pub(super) unsupported: bool,
    /// The library's words.
    pub(super) detail: String,
}

fn check(error: lh::heif_error) -> Result<(), HeifError> {
    if error.code == lh::heif_error_code_heif_error_Ok {
        return Ok(());
    }
    // SAFETY: libheif's messages are static or owned by the context, and end with a zero byte.
    let detail = unsafe { error.message.as_ref().map(|m| CStr::from_ptr(m).to_string_lossy().into_owned()) };
    let unsupported = error.code == lh::heif_error_code_heif_error_Unsupported_feature
        || error.code == lh::heif_error_code_heif_error_Unsupported_filetype;
    Err(HeifError { unsupported, detail: detail.unwrap_or_default() })
}

/// An opened file that borrows the bytes it was opened from.
pub(super) struct Context<'a> {
    raw: *mut lh::heif_context,
    bytes: PhantomData<&'a [u8]>,
}

impl<'a> Context<'a> {
    /// Parses the file's boxes. `max_side_px`: libheif refuses pictures of more than its square.
    pub(super) fn read(bytes: &'a [u8], max_side_px: u32) -> Result<Self, HeifError> {
        // SAFETY: plain allocation; a null result is handled.
        let raw = unsafe { lh::heif_context_alloc() };
        if raw.is_null() {
            return Err(HeifError { unsupported: false, detail: "out of memory".to_owned() });
        }
        let context = Self { raw, bytes: PhantomData };
        let side = c_int::try_from(max_side_px).unwrap_or(c_int::MAX);
        // SAFETY: the context is valid, and `'a` keeps the bytes alive as long as it.
        check(unsafe {
            lh::heif_context_set_maximum_image_size_limit(raw, side);
            lh::heif_context_set_max_decoding_threads(raw, 2);
            lh::heif_context_read_from_memory_without_copy(raw, bytes.as_ptr().cast(), bytes.len(), ptr::null())
        })?;
        Ok(context)
    }

    /// How many pictures stand side by side in the file.
    pub(super) fn top_level_pictures(&self) -> usize {
        // SAFETY: the context is valid.
        let count = unsafe { lh::heif_context_get_number_of_top_level_images(self.raw) };
        usize::try_from(count).unwrap_or(0)
    }

    /// The picture that viewers show.
    pub(super) fn primary(&self) -> Result<Handle<'_>, HeifError> {
        let mut raw = ptr::null_mut();
        // SAFETY: the context is valid and `raw` is written only on success.
        check(unsafe { lh::heif_context_get_primary_image_handle(self.raw, &mut raw) })?;
        Ok(Handle { raw, context: PhantomData })
    }
}

impl Drop for Context<'_> {
    fn drop(&mut self) {
        // SAFETY: allocated by `read`, freed once.
        unsafe { lh::heif_context_free(self.raw) }
    }
}

/// One picture of an opened file.
pub(super) struct Handle<'a> {
    raw: *mut lh::heif_image_handle,
    context: PhantomData<&'a ()>,
}

impl Handle<'_> {
    /// Size after the file's own turns and cuts.
    pub(super) fn size(&self) -> Size {
        // SAFETY: the handle is valid.
        let (w, h) =
            unsafe { (lh::heif_image_handle_get_width(self.raw), lh::heif_image_handle_get_height(self.raw)) };
        Size::new(u32::try_from(w).unwrap_or(0), u32::try_from(h).unwrap_or(0))
    }

    /// Whether there is alpha, and whether colours are multiplied with it.
    pub(super) fn alpha(&self) -> (bool, bool) {
        // SAFETY: the handle is valid.
        unsafe {
            (
                lh::heif_image_handle_has_alpha_channel(self.raw) != 0,
                lh::heif_image_handle_is_premultiplied_alpha(self.raw) != 0,
            )
        }
    }

    /// Numbers of depth pictures and thumbnails.
    pub(super) fn depth_and_thumbnails(&self) -> (usize, usize) {
        // SAFETY: the handle is valid.
        let (depth, thumbnails) = unsafe {
            (
                lh::heif_image_handle_get_number_of_depth_images(self.raw),
                lh::heif_image_handle_get_number_of_thumbnails(self.raw),
            )
        };
        (usize::try_from(depth).unwrap_or(0), usize::try_from(thumbnails).unwrap_or(0))
    }

    /// Number of auxiliary pictures beside alpha and depth: gain maps, mattes.
    pub(super) fn auxiliary_pictures(&self) -> usize {
        // SAFETY: the handle is valid.
        let count =
            unsafe { lh::heif_image_handle_get_number_of_auxiliary_images(self.raw, NEITHER_ALPHA_NOR_DEPTH) };
        usize::try_from(count).unwrap_or(0)
    }

    /// The embedded ICC profile.
    pub(super) fn icc(&self) -> Option<Vec<u8>> {
        // SAFETY: the handle is valid; the buffer has the size that libheif asks for.
        unsafe {
            let size = lh::heif_image_handle_get_raw_color_profile_size(self.raw);
            let mut icc = vec![0u8; size];
            let read = lh::heif_image_handle_get_raw_color_profile(self.raw, icc.as_mut_ptr().cast());
            (size > 0 && check(read).is_ok()).then_some(icc)
        }
    }

    /// Colour primaries and transfer characteristics, as ITU-T H.273 numbers them.
    pub(super) fn code_points(&self) -> Option<(u8, u8)> {
        let mut raw = ptr::null_mut();
        // SAFETY: the handle is valid; what libheif hands out is read before it is freed.
        unsafe {
            check(lh::heif_image_handle_get_nclx_color_profile(self.raw, &mut raw)).ok()?;
            let profile = raw.as_ref()?;
            let points = (profile.color_primaries as u8, profile.transfer_characteristics as u8);
            lh::heif_nclx_color_profile_free(raw);
            Some(points)
        }
    }

    /// Decodes to interleaved 8-bit RGB, or RGBA with `alpha`; turned and cut as the file says. Damage that libheif
    /// would only warn of is an error.
    pub(super) fn decode(&self, alpha: bool) -> Result<(Size, Vec<u8>), HeifError> {
        let chroma = if alpha {
            lh::heif_chroma_heif_chroma_interleaved_RGBA
        } else {
            lh::heif_chroma_heif_chroma_interleaved_RGB
        };
        let mut raw = ptr::null_mut();
        // SAFETY: the options are freed after use; `raw` is written only on success.
        check(unsafe {
            let options = lh::heif_decoding_options_alloc();
            if let Some(options) = options.as_mut() {
                options.convert_hdr_to_8bit = 1;
                options.strict_decoding = 1;
            }
            let colours = lh::heif_colorspace_heif_colorspace_RGB;
            let result = lh::heif_decode_image(self.raw, &mut raw, colours, chroma, options);
            lh::heif_decoding_options_free(options);
            result
        })?;
        let picture = Picture(raw);
        picture.rows(if alpha { 4 } else { 3 })
    }
}

impl Drop for Handle<'_> {
    fn drop(&mut self) {
        // SAFETY: handed out by libheif, released once.
        unsafe { lh::heif_image_handle_release(self.raw) }
    }
}

struct Picture(*mut lh::heif_image);

impl Picture {
    fn rows(&self, samples: usize) -> Result<(Size, Vec<u8>), HeifError> {
        let channel = lh::heif_channel_heif_channel_interleaved;
        let mut stride = 0;
        // SAFETY: the picture is valid; the plane is checked for null and lives as long as the picture.
        let (width, height, bits, warnings, plane) = unsafe {
            (
                lh::heif_image_get_width(self.0, channel),
                lh::heif_image_get_height(self.0, channel),
                lh::heif_image_get_bits_per_pixel_range(self.0, channel),
                lh::heif_image_get_decoding_warnings(self.0, 0, ptr::null_mut(), 0),
                lh::heif_image_get_plane_readonly(self.0, channel, &mut stride),
            )
        };
        let wrong = |detail: &str| Err(HeifError { unsupported: false, detail: detail.to_owned() });
        let (Ok(width), Ok(height), Ok(stride)) =
            (usize::try_from(width), usize::try_from(height), usize::try_from(stride))
        else {
            return wrong("the decoder gave no picture");
        };
        let row = width * samples;
        if plane.is_null() || bits != 8 || row == 0 || height == 0 || stride < row {
            return wrong("the decoder gave no 8-bit picture");
        }
        if warnings > 0 {
            return wrong("the decoder warns of damage");
        }
        let mut data = Vec::with_capacity(row * height);
        for y in 0..height {
            // SAFETY: libheif's plane holds `height` rows of `stride` bytes, each with at least `row` samples.
            data.extend_from_slice(unsafe { std::slice::from_raw_parts(plane.add(y * stride), row) });
        }
        Ok((Size::new(width as u32, height as u32), data))
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: handed out by libheif, released once.
        unsafe { lh::heif_image_release(self.0) }
    }
}
