//! The window of the Linux app.
