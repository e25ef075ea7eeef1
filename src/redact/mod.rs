//! Destroying. [`redact`] is the only way from a raw to a redacted frame.
