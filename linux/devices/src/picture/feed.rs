//! The newest picture of a camera or screen, between the thread that gets pictures and those who look at them: the
//! encoder and the own picture on screen. The getter only copies; the first who looks converts, for everybody.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use treff_codecs::I420Frame;
use treff_media::device::DeviceError;

use super::{Layout, RawPicture, convert};

/// What a feed tells those who listen. Called from the thread that gets pictures; never blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FeedNews {
    /// Another picture is there.
    Picture,
    /// Pictures have another size now.
    Resized,
    /// Nothing more comes.
    Ended(DeviceError),
}

pub(crate) type FeedListener = Box<dyn FnMut(&FeedNews) + Send>;

/// A picture and its number; later ones have larger numbers.
pub(crate) type Numbered = (u64, I420Frame);

#[derive(Default)]
struct State {
    layout: Option<Layout>,
    width: u16,
    height: u16,
    stride: usize,
    data: Vec<u8>,
    /// Of the picture in `data`; 0 before the first.
    number: u64,
    converted: Option<Numbered>,
    /// Pictures that were none, in a row.
    malformed: u32,
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
        self.news.notify_all();
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
        state.number += 1;
        drop(state);
        if resized {
            self.tell(&FeedNews::Resized);
        }
        self.tell(&FeedNews::Picture);
    }

    /// Nothing more comes; only the first reason counts.
    pub(crate) fn end(&self, error: DeviceError) {
        let mut state = self.lock();
        if state.ended.is_some() {
            return;
        }
        state.ended = Some(error.clone());
        drop(state);
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

    /// The newest picture, if it is newer than number `after`.
    pub(crate) fn newer(&self, after: u64) -> Option<Numbered> {
        newer(&mut self.lock(), after)
    }

    /// Waits for a picture newer than number `after`. `None` if there was none in time.
    ///
    /// # Errors
    /// Why nothing more comes.
    pub(crate) fn wait(&self, after: u64, longest: Duration) -> Result<Option<Numbered>, DeviceError> {
        let deadline = Instant::now() + longest;
        let mut state = self.lock();
        loop {
            if let Some(error) = &state.ended {
                return Err(error.clone());
            }
            if let Some(picture) = newer(&mut state, after) {
                return Ok(Some(picture));
            }
            let Some(left) = deadline.checked_duration_since(Instant::now()) else { return Ok(None) };
            state = self.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

fn newer(state: &mut State, after: u64) -> Option<Numbered> {
    if state.number <= after {
        return None;
    }
    if let Some((number, picture)) = &state.converted
        && *number == state.number
    {
        return (*number > after).then(|| (*number, picture.clone()));
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
            state.converted = Some((state.number, picture.clone()));
            Some((state.number, picture))
        }
        Err(_) => {
            // The first bytes of a USB camera are often half a picture.
            state.malformed += 1;
            if state.malformed == 1 || state.malformed.is_multiple_of(100) {
                tracing::debug!(count = state.malformed, "A device's bytes are no picture.");
            }
            state.number = state.converted.as_ref().map_or(0, |(number, _)| *number).max(after);
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

    #[test]
    fn everybody_sees_the_newest_picture_once() {
        let feed = Feed::new();
        assert!(feed.newer(0).is_none());
        grey(4, 4, 50, &feed);
        grey(4, 4, 60, &feed);
        let (number, for_ada) = feed.newer(0).expect("a picture");
        let (_, for_ben) = feed.newer(0).expect("the same for ben");
        assert_eq!((number, for_ada.y().row(0)[0]), (2, 60));
        assert_eq!(for_ada, for_ben);
        assert!(feed.newer(number).is_none());
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
        let expected = [
            FeedNews::Resized,
            FeedNews::Picture,
            FeedNews::Picture,
            FeedNews::Resized,
            FeedNews::Picture,
            FeedNews::Ended(DeviceError::Ended),
        ];
        assert_eq!(*diary.lock().expect("a diary"), expected);
        assert_eq!(feed.wait(0, Duration::ZERO), Err(DeviceError::Ended));
    }

    #[test]
    fn half_a_picture_is_passed_over() {
        let feed = Feed::new();
        grey(4, 4, 50, &feed);
        let (number, _) = feed.newer(0).expect("a picture");
        feed.put(&RawPicture { layout: Layout::I420, width: 4, height: 4, stride: 4, data: &[0; 7] });
        assert_eq!(feed.wait(number, Duration::ZERO), Ok(None));
        grey(4, 4, 70, &feed);
        let (_, picture) = feed.newer(number).expect("the next whole one");
        assert_eq!(picture.y().row(0)[0], 70);
    }
}
