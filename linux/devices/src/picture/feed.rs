//! The newest picture of a camera or screen, between the thread that gets pictures and the one that looks at them: the
//! encoders', which also paints the own picture. The getter only copies; who looks converts.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use treff_codecs::I420Frame;
use treff_media::device::DeviceError;

use super::{Layout, RawPicture, convert};

/// What a feed tells those who listen. Called from the thread that gets pictures; never blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FeedNews {
    /// Pictures have another size now.
    Resized,
    /// Nothing more comes.
    Ended(DeviceError),
}

pub(crate) type FeedListener = Box<dyn FnMut(&FeedNews) + Send>;

#[derive(Default)]
struct State {
    layout: Option<Layout>,
    width: u16,
    height: u16,
    stride: usize,
    data: Vec<u8>,
    /// Nobody has looked at what is in `data`.
    fresh: bool,
    /// Pictures that were none, in a row.
    malformed: u32,
    /// When the device began to give pictures, or last gave one.
    heard: Option<Instant>,
    ended: Option<DeviceError>,
}

/// One open camera or screen.
#[derive(Default)]
pub(crate) struct Feed {
    state: Mutex<State>,
    news: Condvar,
    listeners: Mutex<Vec<FeedListener>>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Feed {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, news: &FeedNews) {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        listeners.iter_mut().for_each(|listener| listener(news));
    }

    /// Tells `listener` of everything from now on, until the feed ends or forgets it.
    pub(crate) fn listen(&self, listener: FeedListener) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Nobody listens any more.
    pub(crate) fn forget_listeners(&self) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The device is open. Before, a person may still be asked whether it may be.
    pub(crate) fn begin(&self) {
        self.lock().heard.get_or_insert_with(Instant::now);
    }

    /// Since when the device has been open without giving a picture.
    pub(crate) fn silent_since(&self) -> Option<Instant> {
        self.lock().heard
    }

    /// Takes a picture.
    pub(crate) fn put(&self, picture: &RawPicture<'_>) {
        let mut state = self.lock();
        if state.ended.is_some() {
            return;
        }
        let resized = (state.width, state.height) != (picture.width, picture.height);
        state.layout = Some(picture.layout);
        (state.width, state.height) = (picture.width, picture.height);
        state.stride = picture.stride;
        state.data.clear();
        state.data.extend_from_slice(picture.data);
        state.fresh = true;
        state.heard = Some(Instant::now());
        drop(state);
        self.news.notify_all();
        if resized {
            self.tell(&FeedNews::Resized);
        }
    }

    /// Nothing more comes; only the first reason counts.
    pub(crate) fn end(&self, error: DeviceError) {
        let mut state = self.lock();
        if state.ended.is_some() {
            return;
        }
        state.ended = Some(error.clone());
        drop(state);
        self.news.notify_all();
        self.tell(&FeedNews::Ended(error));
    }

    /// Why nothing more comes.
    pub(crate) fn ended(&self) -> Option<DeviceError> {
        self.lock().ended.clone()
    }

    /// The pictures' size; zero before the first.
    pub(crate) fn size(&self) -> (u16, u16) {
        let state = self.lock();
        (state.width, state.height)
    }

    /// Waits for a picture that nobody has looked at. `None` if there was none in time.
    ///
    /// # Errors
    /// Why nothing more comes.
    pub(crate) fn wait(&self, longest: Duration) -> Result<Option<I420Frame>, DeviceError> {
        let deadline = Instant::now() + longest;
        let mut state = self.lock();
        loop {
            if let Some(error) = &state.ended {
                return Err(error.clone());
            }
            if let Some(picture) = fresh(&mut state) {
                return Ok(Some(picture));
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return Ok(None) };
            state = self.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn fresh(state: &mut State) -> Option<I420Frame> {
    if !std::mem::take(&mut state.fresh) {
        return None;
    }
    let raw = RawPicture {
        layout: state.layout?,
        width: state.width,
        height: state.height,
        stride: state.stride,
        data: &state.data,
    };
    match convert(&raw) {
        Ok(picture) => {
            state.malformed = 0;
            Some(picture)
        }
        Err(_) => {
            // The first bytes of a USB camera are often half a picture.
            state.malformed += 1;
            if state.malformed == 1 || state.malformed.is_multiple_of(100) {
                tracing::debug!(count = state.malformed, "A device's bytes are no picture.");
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: u16, height: u16, luma: u8, feed: &Feed) {
        let mut data = vec![luma; usize::from(width) * usize::from(height)];
        data.resize(data.len() * 3 / 2, 128);
        feed.put(&RawPicture { layout: Layout::I420, width, height, stride: width.into(), data: &data });
    }

    fn diary(feed: &Feed) -> Arc<Mutex<Vec<FeedNews>>> {
        let diary = Arc::new(Mutex::new(Vec::new()));
        let pages = Arc::clone(&diary);
        feed.listen(Box::new(move |news| pages.lock().expect("a diary").push(news.clone())));
        diary
    }

    fn look(feed: &Feed) -> Option<u8> {
        let picture = feed.wait(Duration::ZERO).expect("an open feed")?;
        Some(picture.y().row(0)[0])
    }

    #[test]
    fn the_newest_picture_is_seen_once() {
        let feed = Feed::new();
        assert_eq!(look(&feed), None);
        grey(4, 4, 50, &feed);
        grey(4, 4, 60, &feed);
        assert_eq!(look(&feed), Some(60));
        assert_eq!(look(&feed), None);
    }

    #[test]
    fn a_camera_that_a_person_is_still_asked_about_is_not_silent() {
        let feed = Feed::new();
        assert_eq!(feed.silent_since(), None);
        feed.begin();
        let begun = feed.silent_since().expect("it is open");
        feed.begin();
        assert_eq!(feed.silent_since(), Some(begun));
        grey(4, 4, 50, &feed);
        assert!(feed.silent_since().expect("it is open") >= begun);
    }

    #[test]
    fn sizes_and_the_end_are_told() {
        let feed = Feed::new();
        let diary = diary(&feed);
        grey(4, 4, 50, &feed);
        grey(4, 4, 50, &feed);
        grey(2, 4, 50, &feed);
        feed.end(DeviceError::Ended);
        feed.end(DeviceError::Busy);
        grey(2, 4, 50, &feed);
        let expected = [FeedNews::Resized, FeedNews::Resized, FeedNews::Ended(DeviceError::Ended)];
        assert_eq!(*diary.lock().expect("a diary"), expected);
        assert_eq!(feed.wait(Duration::ZERO), Err(DeviceError::Ended));
    }

    #[test]
    fn half_a_picture_is_passed_over() {
        let feed = Feed::new();
        grey(4, 4, 50, &feed);
        assert_eq!(look(&feed), Some(50));
        feed.put(&RawPicture { layout: Layout::I420, width: 4, height: 4, stride: 4, data: &[0; 7] });
        assert_eq!(look(&feed), None);
        grey(4, 4, 70, &feed);
        assert_eq!(look(&feed), Some(70), "the next whole one");
    }
}
