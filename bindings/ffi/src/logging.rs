//! The core's log lines in Android's log, under the tag Treff. Nothing that identifies a person or a meeting is logged
//! above debug level, and a release keeps to info.

/// Once for the process; later calls change nothing.
#[cfg(target_os = "android")]
pub(crate) fn start() {
    let level = if cfg!(debug_assertions) { log::LevelFilter::Debug } else { log::LevelFilter::Info };
    android_logger::init_once(android_logger::Config::default().with_max_level(level).with_tag("Treff"));
}

#[cfg(not(target_os = "android"))]
pub(crate) fn start() {}
