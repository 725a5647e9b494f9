//! A feed as the driver wants it: encoded in up to three sizes while a plan asks for it, with its news.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use treff_codecs::{I420Frame, PictureSource, PictureTap, SimulcastSource};
use treff_media::device::{DeviceError, EncodePlan, EncodedVideoSource, FrameSink, SourceNews};

use super::feed::{Feed, FeedNews};

/// How long an encoder waits for the next picture before it takes the last one again: a still screen sends nothing.
const STILL: Duration = Duration::from_millis(200);
/// An open camera that shows nothing for so long is broken.
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
    /// The last picture of a screen.
    last: Option<I420Frame>,
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
            let fresh = self.feed.wait(STILL)?;
            if self.content == Content::Screen {
                self.last = fresh.or_else(|| self.last.take());
                if let Some(picture) = &self.last {
                    return Ok(picture.clone());
                }
            } else if let Some(picture) = fresh {
                return Ok(picture);
            } else if self.feed.silent_since().is_some_and(|since| since.elapsed() > BROKEN) {
                let error = DeviceError::Failed("no pictures".to_owned());
                self.feed.end(error.clone());
                return Err(error);
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
    /// Encodes what comes through `feed`, which `tap` sees before; `hold` keeps the device open.
    ///
    /// # Errors
    /// When the feed has ended already, or the system has no thread to give.
    pub(crate) fn open(
        feed: Arc<Feed>,
        content: Content,
        sink: FrameSink,
        tap: Option<Box<dyn PictureTap>>,
        hold: Box<dyn Send>,
    ) -> Result<Self, DeviceError> {
        let sink = Arc::new(SharedSink(Mutex::new(Some(sink))));
        let pictures = Box::new(FeedPictures { feed: Arc::clone(&feed), content, last: None });
        let frames = Arc::clone(&sink);
        let encoders = SimulcastSource::open_with_tap(pictures, Box::new(move |news| frames.say(news)), tap)?;
        let news_sink = Arc::clone(&sink);
        feed.listen(Box::new(move |news| match news {
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
        let source = LiveSource::open(Arc::clone(&feed), content, sink, None, Box::new(()));
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

    /// Tells how tall each picture is that it sees.
    struct OwnTile(mpsc::Sender<u16>);

    impl PictureTap for OwnTile {
        fn wants(&self) -> bool {
            true
        }

        fn take(&mut self, picture: &I420Frame) {
            let _ = self.0.send(picture.height());
        }
    }

    #[test]
    fn ada_sees_her_camera_before_anybody_else_does() {
        let (feed, (seen, pictures)) = (Feed::new(), mpsc::channel());
        let sink =
            Box::new(|news: SourceNews| assert_eq!(news, SourceNews::Resized, "nobody asked for frames"));
        let tap: Option<Box<dyn PictureTap>> = Some(Box::new(OwnTile(seen)));
        let source = LiveSource::open(Arc::clone(&feed), Content::Camera, sink, tap, Box::new(()));
        show(&feed, 64, 48);
        assert_eq!(pictures.recv_timeout(LONG), Ok(48));
        show(&feed, 64, 32);
        assert_eq!(pictures.recv_timeout(LONG), Ok(32));
        drop(source);
        assert!(pictures.recv_timeout(LONG).is_err(), "the tap goes with the camera");
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
