//! A feed as the driver wants it: encoded in up to three sizes while a plan asks for it, with its news.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use treff_codecs::{I420Frame, PictureSource, SimulcastSource};
use treff_media::device::{DeviceError, EncodePlan, EncodedVideoSource, FrameSink, SourceNews};

use super::feed::{Feed, FeedNews};

/// How long an encoder waits for the next picture before it takes the last one again: a still screen sends nothing.
const STILL: Duration = Duration::from_millis(200);
/// A camera that shows nothing for so long is broken.
const BROKEN: Duration = Duration::from_secs(10);

/// Which kind of pictures these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Moves all the time.
    Camera,
    /// May stand still for minutes, and has to be sharp.
    Screen,
}

impl Content {
    /// Pictures a second at most.
    fn fps(self) -> u8 {
        match self {
            Self::Camera => 30,
            Self::Screen => 15,
        }
    }
}

struct FeedPictures {
    feed: Arc<Feed>,
    content: Content,
    last: Option<(u64, I420Frame)>,
    seen: Instant,
}

impl PictureSource for FeedPictures {
    fn width(&self) -> u16 {
        self.feed.size().0
    }

    fn height(&self) -> u16 {
        self.feed.size().1
    }

    fn fps(&self) -> u8 {
        self.content.fps()
    }

    fn next(&mut self, _: Duration) -> Result<I420Frame, DeviceError> {
        loop {
            let after = self.last.as_ref().map_or(0, |(number, _)| *number);
            if let Some((number, picture)) = self.feed.wait(after, STILL)? {
                self.seen = Instant::now();
                self.last = Some((number, picture.clone()));
                return Ok(picture);
            }
            match (&self.last, self.content) {
                (Some((_, picture)), Content::Screen) => return Ok(picture.clone()),
                (None, Content::Screen) => {}
                (_, Content::Camera) if self.seen.elapsed() > BROKEN => {
                    let error = DeviceError::Failed("no pictures".to_owned());
                    self.feed.end(error.clone());
                    return Err(error);
                }
                (_, Content::Camera) => {}
            }
        }
    }
}

/// The driver's sink, heard from two sides; the end is said once and last.
struct SharedSink(Mutex<Option<FrameSink>>);

impl SharedSink {
    fn say(&self, news: SourceNews) {
        let mut sink = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = matches!(news, SourceNews::Ended(_));
        if let Some(say) = sink.as_mut() {
            say(news);
        }
        if last {
            *sink = None;
        }
    }

    fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// A feed with its encoders. Dropping it closes the device.
pub(crate) struct LiveSource {
    encoders: SimulcastSource,
    feed: Arc<Feed>,
    sink: Arc<SharedSink>,
    _hold: Box<dyn Send>,
}

impl LiveSource {
    /// Encodes what comes through `feed`; `hold` keeps the device open.
    ///
    /// # Errors
    /// When the feed has ended already, or the system has no thread to give.
    pub(crate) fn open(
        feed: Arc<Feed>,
        content: Content,
        sink: FrameSink,
        hold: Box<dyn Send>,
    ) -> Result<Self, DeviceError> {
        let sink = Arc::new(SharedSink(Mutex::new(Some(sink))));
        let pictures = FeedPictures { feed: Arc::clone(&feed), content, last: None, seen: Instant::now() };
        let frames = Arc::clone(&sink);
        let encoders = SimulcastSource::open(Box::new(pictures), Box::new(move |news| frames.say(news)))?;
        let news_sink = Arc::clone(&sink);
        feed.listen(Box::new(move |news| match news {
            FeedNews::Picture => {}
            FeedNews::Resized => news_sink.say(SourceNews::Resized),
            FeedNews::Ended(error) => news_sink.say(SourceNews::Ended(error.clone())),
        }));
        match feed.ended() {
            Some(error) => Err(error),
            None => Ok(Self { encoders, feed, sink, _hold: hold }),
        }
    }
}

impl EncodedVideoSource for LiveSource {
    fn capture_height(&self) -> u16 {
        let (width, height) = self.feed.size();
        width.min(height)
    }

    fn set_plan(&mut self, plan: &EncodePlan) {
        self.encoders.set_plan(plan);
    }

    fn request_keyframe(&mut self) {
        self.encoders.request_keyframe();
    }
}

impl Drop for LiveSource {
    fn drop(&mut self) {
        self.sink.close();
        self.feed.forget_listeners();
        // Frees an encoder that waits for a picture.
        self.feed.end(DeviceError::Ended);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use treff_media::codec::VideoCodec;
    use treff_media::device::LayerPlan;

    use super::*;
    use crate::picture::{Layout, RawPicture};

    fn show(feed: &Feed, width: u16, height: u16) {
        let mut data = vec![100; usize::from(width) * usize::from(height)];
        data.resize(data.len() * 3 / 2, 128);
        feed.put(&RawPicture { layout: Layout::I420, width, height, stride: width.into(), data: &data });
    }

    fn open(content: Content) -> (Arc<Feed>, LiveSource, mpsc::Receiver<SourceNews>) {
        let feed = Feed::new();
        let (sink, news) = mpsc::channel();
        let sink = Box::new(move |news| drop(sink.send(news)));
        let source = LiveSource::open(Arc::clone(&feed), content, sink, Box::new(()));
        (feed, source.expect("a thread"), news)
    }

    fn plan(height: u16) -> EncodePlan {
        let layers = vec![LayerPlan { layer: 0, height, bitrate: 300_000 }];
        EncodePlan { codec: Some(VideoCodec::Vp8), max_framerate: 30, layers }
    }

    const LONG: Duration = Duration::from_secs(20);

    #[test]
    fn a_still_screen_is_encoded_again_and_again() {
        let (feed, mut source, news) = open(Content::Screen);
        assert_eq!(source.capture_height(), 0);
        show(&feed, 64, 48);
        assert_eq!(news.recv_timeout(LONG), Ok(SourceNews::Resized));
        assert_eq!(source.capture_height(), 48);
        source.set_plan(&plan(48));
        for n in 0..3 {
            let SourceNews::Frame(frame) = news.recv_timeout(LONG).expect("a frame") else {
                panic!("no frame {n}")
            };
            assert_eq!((frame.keyframe, frame.width, frame.height), (n == 0, 64, 48));
        }
    }

    #[test]
    fn the_end_is_told_once_and_last_watched_or_not() {
        let (feed, _source, news) = open(Content::Camera);
        feed.end(DeviceError::Busy);
        show(&feed, 64, 48);
        assert_eq!(news.recv_timeout(LONG), Ok(SourceNews::Ended(DeviceError::Busy)));
        assert!(news.recv_timeout(LONG).is_err(), "the sink is gone");
    }

    #[test]
    fn a_dropped_source_says_nothing_more() {
        let (feed, mut source, news) = open(Content::Camera);
        source.set_plan(&plan(48));
        drop(source);
        show(&feed, 64, 48);
        assert!(news.recv_timeout(LONG).is_err());
        assert_eq!(feed.ended(), Some(DeviceError::Ended));
    }
}
