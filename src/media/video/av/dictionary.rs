//! Options by name, as FFmpeg takes them. Separate because an option that FFmpeg does not know must be an error: a
//! leak setting that is silently ignored is a leak.

use std::{
    ffi::{CStr, CString},
    ptr,
};

use ffmpeg_next::ffi as ff;

/// Names and values; what FFmpeg has used is taken out by it.
pub(in super::super) struct Dictionary(*mut ff::AVDictionary);

impl Dictionary {
    pub(in super::super) fn new<V: AsRef<str>>(options: &[(&str, V)]) -> Self {
        let mut new = Self(ptr::null_mut());
        for (name, value) in options {
            new.set(name, value.as_ref());
        }
        new
    }

    /// Sets one option. Neither may hold a zero byte; ours are all literals or numbers.
    pub(in super::super) fn set(&mut self, name: &str, value: &str) {
        let (Ok(name), Ok(value)) = (CString::new(name), CString::new(value)) else { return };
        // SAFETY: both strings end with a zero byte and are copied.
        unsafe { ff::av_dict_set(&mut self.0, name.as_ptr(), value.as_ptr(), 0) };
    }

    pub(super) fn as_mut_ptr(&mut self) -> *mut *mut ff::AVDictionary {
        &mut self.0
    }

    /// The first option that FFmpeg left because it does not know it.
    pub(in super::super) fn unused(&self) -> Option<String> {
        // SAFETY: an empty key with this flag gives the first entry, or null; it lives as long as the dictionary.
        unsafe {
            let entry = ff::av_dict_get(self.0, c"".as_ptr(), ptr::null(), ff::AV_DICT_IGNORE_SUFFIX);
            entry.as_ref().map(|e| CStr::from_ptr(e.key).to_string_lossy().into_owned())
        }
    }
}

impl Drop for Dictionary {
    fn drop(&mut self) {
        // SAFETY: null or a dictionary that is ours.
        unsafe { ff::av_dict_free(&mut self.0) };
    }
}
