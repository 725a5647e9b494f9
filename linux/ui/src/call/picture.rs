//! The way of a picture from a decoding thread to the window. A thread paints into memory that nobody else holds and
//! leaves it in a slot; the window takes what is newest when it has time. Neither waits for the other, an untaken picture
//! is replaced by the next, and nothing is painted that is not on screen.
//!
//! In: pixels of a source, by its name. Out: at most one picture a source and visit, and a call when there are any.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use slint::{Rgb8Pixel, SharedPixelBuffer};

/// RGB; cloning shares the pixels.
pub type Pixels = SharedPixelBuffer<Rgb8Pixel>;

/// The name under which the own camera's pictures go.
pub const OWN_PICTURE: &str = "";

/// Called from any thread when pictures wait and nobody was told yet.
pub type PicturesWait = Arc<dyn Fn() + Send + Sync>;

/// Pictures between decoding threads and the window. Cloning shares them.
#[derive(Clone)]
pub struct PictureStore {
    shared: Arc<Shared>,
}

struct Shared {
    slots: Mutex<BTreeMap<String, Arc<Slot>>>,
    /// The window was told and has not come yet.
    told: AtomicBool,
    tell: PicturesWait,
}

/// One source's place.
#[derive(Default)]
struct Slot {
    /// Height on screen in physical pixels; 0 while it is not shown.
    height: AtomicU32,
    exchange: Mutex<Exchange>,
}

#[derive(Default)]
struct Exchange {
    fresh: Option<Pixels>,
    /// Memory that can be painted on again: of a picture no longer drawn, and of one that the window missed.
    spare: [Option<Pixels>; 2],
    /// The window's last two: the older one is no longer drawn when the next comes.
    shown: [Option<Pixels>; 2],
    /// Threads that paint for it: a renderer may be opened anew before the old one is gone.
    feeds: usize,
}

impl PictureStore {
    /// An empty store. `tell` is called when pictures wait.
    pub fn new(tell: PicturesWait) -> Self {
        Self { shared: Arc::new(Shared { slots: Mutex::default(), told: AtomicBool::new(false), tell }) }
    }

    /// Where a thread puts the pictures of `source`. Dropping it ends the source.
    pub fn feed(&self, source: &str) -> PictureFeed {
        let slot = Arc::clone(self.slots().entry(source.to_owned()).or_default());
        slot.exchange().feeds += 1;
        PictureFeed { store: self.clone(), slot }
    }

    /// Says which sources are on screen, with the heights of their whole pictures in physical pixels.
    pub fn show(&self, heights: &BTreeMap<String, u32>) {
        let mut slots = self.slots();
        for (source, height) in heights {
            slots.entry(source.clone()).or_default().height.store(*height, Ordering::Relaxed);
        }
        slots.retain(|source, slot| {
            if heights.contains_key(source) {
                return true;
            }
            slot.height.store(0, Ordering::Relaxed);
            let mut exchange = slot.exchange();
            *exchange = Exchange { feeds: exchange.feeds, ..Exchange::default() };
            exchange.feeds > 0
        });
    }

    /// The pictures that came since the last visit.
    pub fn take(&self) -> Vec<(String, Pixels)> {
        // Before looking: a picture that comes meanwhile tells again.
        self.shared.told.store(false, Ordering::Release);
        let slots = self.slots();
        slots.iter().filter_map(|(source, slot)| Some((source.clone(), slot.exchange().take()?))).collect()
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Slot>>> {
        self.shared.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        if !self.shared.told.swap(true, Ordering::AcqRel) {
            (self.shared.tell)();
        }
    }
}

impl Slot {
    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Exchange {
    fn take(&mut self) -> Option<Pixels> {
        let fresh = self.fresh.take()?;
        let [newest, older] = &mut self.shown;
        let done = std::mem::replace(older, newest.replace(fresh.clone()));
        if let Some(done) = done {
            self.keep(done);
        }
        Some(fresh)
    }

    /// For later. With two at hand a window that is late costs no new memory.
    fn keep(&mut self, pixels: Pixels) {
        let [first, second] = &mut self.spare;
        if first.is_some() {
            *second = Some(pixels);
        } else {
            *first = Some(pixels);
        }
    }

    /// Memory for a picture of this size, if there is any.
    fn spare(&mut self, width: u32, height: u32) -> Option<Pixels> {
        let mut kept = self.spare.iter_mut().filter_map(Option::take);
        kept.find(|pixels| (pixels.width(), pixels.height()) == (width, height))
    }
}

/// A painting thread's end.
pub struct PictureFeed {
    store: PictureStore,
    slot: Arc<Slot>,
}

impl PictureFeed {
    /// Height of the whole picture on screen in physical pixels; nothing while it is not shown: then nothing need be
    /// painted.
    pub fn height(&self) -> Option<u32> {
        Some(self.slot.height.load(Ordering::Relaxed)).filter(|&height| height > 0)
    }

    /// Has a picture of this size painted (RGB, rows without gaps; old pixels lie there) and leaves it for the window.
    /// The picture is dropped if painting fails.
    pub fn paint(&mut self, width: u32, height: u32, paint: impl FnOnce(&mut [u8]) -> bool) {
        let spare = self.slot.exchange().spare(width, height);
        let mut pixels = spare.unwrap_or_else(|| Pixels::new(width, height));
        if !paint(pixels.make_mut_bytes()) || self.height().is_none() {
            return;
        }
        let mut exchange = self.slot.exchange();
        if let Some(missed) = exchange.fresh.replace(pixels) {
            exchange.keep(missed);
        }
        drop(exchange);
        self.store.tell();
    }
}

impl Drop for PictureFeed {
    fn drop(&mut self) {
        let mut exchange = self.slot.exchange();
        exchange.feeds -= 1;
        if exchange.feeds == 0 {
            exchange.fresh = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (PictureStore, Arc<AtomicU32>) {
        let told = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&told);
        let tell = move || {
            count.fetch_add(1, Ordering::Relaxed);
        };
        (PictureStore::new(Arc::new(tell)), told)
    }

    fn show(store: &PictureStore, sources: &[(&str, u32)]) {
        store.show(&sources.iter().map(|&(source, height)| (source.to_owned(), height)).collect());
    }

    fn paint(feed: &mut PictureFeed, colour: u8) -> *const u8 {
        let mut place = std::ptr::null();
        feed.paint(4, 2, |pixels| {
            pixels.fill(colour);
            place = pixels.as_ptr();
            true
        });
        place
    }

    #[test]
    fn the_newest_picture_wins_and_the_window_is_told_once() {
        let (store, told) = store();
        show(&store, &[("ada-v0", 180), ("ben-v0", 180)]);
        let (mut ada, mut ben) = (store.feed("ada-v0"), store.feed("ben-v0"));
        paint(&mut ada, 1);
        paint(&mut ada, 2);
        paint(&mut ben, 9);
        assert_eq!(told.load(Ordering::Relaxed), 1);
        let taken: Vec<_> =
            store.take().iter().map(|(name, pixels)| (name.clone(), pixels.as_bytes()[0])).collect();
        assert_eq!(taken, [("ada-v0".to_owned(), 2), ("ben-v0".to_owned(), 9)]);
        assert!(store.take().is_empty());
        paint(&mut ada, 3);
        assert_eq!(told.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn nothing_is_kept_of_what_is_not_shown() {
        let (store, told) = store();
        let mut ada = store.feed("ada-v0");
        assert_eq!(ada.height(), None);
        paint(&mut ada, 1);
        assert!(store.take().is_empty());
        show(&store, &[("ada-v0", 360)]);
        assert_eq!(ada.height(), Some(360));
        paint(&mut ada, 2);
        show(&store, &[]);
        assert_eq!((store.take().len(), ada.height()), (0, None));
        assert_eq!(told.load(Ordering::Relaxed), 1);
        drop(ada);
        show(&store, &[]);
        assert!(store.slots().is_empty());
    }

    #[test]
    fn memory_is_painted_on_again_but_never_what_is_on_screen() {
        let (store, _) = store();
        show(&store, &[("ada-v0", 180)]);
        let mut ada = store.feed("ada-v0");
        let mut places = Vec::new();
        let mut on_screen = None;
        for colour in 0..12 {
            let place = paint(&mut ada, colour);
            let (_, pixels) = store.take().remove(0);
            assert_eq!(pixels.as_bytes().as_ptr(), place, "the painted memory is shown without a copy");
            if let Some((old, bytes)) = on_screen.replace((pixels, colour)) {
                assert_eq!(Pixels::as_bytes(&old)[0], bytes);
            }
            places.push(place);
        }
        places.sort();
        places.dedup();
        assert!(places.len() <= 3, "{} buffers", places.len());
    }

    #[test]
    fn a_missed_picture_gives_its_memory_back() {
        let (store, _) = store();
        show(&store, &[("ada-v0", 180)]);
        let mut ada = store.feed("ada-v0");
        let first = paint(&mut ada, 1);
        paint(&mut ada, 2);
        assert_eq!(paint(&mut ada, 3), first);
    }

    #[test]
    fn a_window_that_is_late_now_and_then_costs_no_new_memory() {
        let (store, _) = store();
        show(&store, &[("ada-v0", 180)]);
        let mut ada = store.feed("ada-v0");
        let mut places = Vec::new();
        for colour in 0..40 {
            places.push(paint(&mut ada, colour));
            if colour % 3 > 0 {
                store.take();
            }
        }
        places.sort();
        places.dedup();
        assert!(places.len() <= 4, "{} buffers", places.len());
    }

    #[test]
    fn a_picture_that_was_not_painted_is_not_shown() {
        let (store, told) = store();
        show(&store, &[("ada-v0", 180)]);
        store.feed("ada-v0").paint(4, 4, |_| false);
        assert!(store.take().is_empty());
        assert_eq!(told.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_a_closed_source_left_is_not_shown_unless_it_was_opened_anew() {
        let (store, _) = store();
        show(&store, &[("ada-v0", 180)]);
        let mut old = store.feed("ada-v0");
        paint(&mut old, 1);
        drop(old);
        assert!(store.take().is_empty());
        let mut old = store.feed("ada-v0");
        let new = store.feed("ada-v0");
        paint(&mut old, 2);
        drop(old);
        assert_eq!(store.take().len(), 1);
        drop(new);
    }
}
