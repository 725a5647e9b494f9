//! The core's log lines in Android's log, under the tag Treff. Nothing that identifies a person or a meeting is logged
//! above debug level, so that this keeps to info.

/// Once for the process; later calls change nothing.
#[cfg(target_os = "android")]
pub(crate) fn start() {
    let config = android_logger::Config::default().with_max_level(log::LevelFilter::Info);
    android_logger::init_once(config.with_tag("Treff"));
}

#[cfg(not(target_os = "android"))]
pub(crate) fn start() {}
