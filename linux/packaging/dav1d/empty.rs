//! Nothing of ours: `./dev linux` wants the library that building `libdav1d-sys` leaves behind.
