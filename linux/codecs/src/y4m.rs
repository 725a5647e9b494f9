//! YUV4MPEG2 files, 8-bit 4:2:0: a reader that loops over one as a picture source, and a writer.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use treff_media::device::DeviceError;

use crate::frame::{I420Frame, checked_size};
use crate::source::PictureSource;

/// Longest header line that is read; real ones have about 60 bytes.
const MAX_LINE: u64 = 1024;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Y4mError {
    /// The system's own reason.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not a YUV4MPEG2 file, or a broken one.
    #[error("not a YUV4MPEG2 file: {0}")]
    Malformed(&'static str),
    /// Another sampling than 8-bit 4:2:0.
    #[error("only 8-bit 4:2:0 is supported")]
    Sampling,
}

/// Size and rate of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    width: u16,
    height: u16,
    fps: u8,
}

impl Header {
    fn parse(line: &str) -> Result<Self, Y4mError> {
        let mut fields = line.split_ascii_whitespace();
        if fields.next() != Some("YUV4MPEG2") {
            return Err(Y4mError::Malformed("no signature"));
        }
        let (mut width, mut height, mut fps) = (0, 0, 30);
        for field in fields {
            let Some((name, value)) = field.split_at_checked(1) else { continue };
            match name {
                "W" => width = value.parse().unwrap_or(0),
                "H" => height = value.parse().unwrap_or(0),
                "F" => fps = parse_rate(value).ok_or(Y4mError::Malformed("frame rate"))?,
                // 420, 420jpeg, 420mpeg2 and 420paldv differ in where chroma sits; 420p10 and the like have
                // more bits.
                "C" if !value.starts_with("420") || value.starts_with("420p1") => {
                    return Err(Y4mError::Sampling);
                }
                _ => {}
            }
        }
        let (width, height) = checked_size(width, height).map_err(|_| Y4mError::Malformed("size"))?;
        Ok(Self { width, height, fps })
    }
}

/// "30000:1001" as 30.
fn parse_rate(text: &str) -> Option<u8> {
    let (numerator, denominator) = text.split_once(':')?;
    let (numerator, denominator): (u64, u64) = (numerator.parse().ok()?, denominator.parse().ok()?);
    let rounded = (numerator + denominator / 2).checked_div(denominator)?;
    u8::try_from(rounded).ok().filter(|&fps| fps > 0)
}

/// Reads pictures one by one and starts again at the end of the file.
#[derive(Debug)]
pub struct Y4mSource<R = BufReader<File>> {
    input: R,
    header: Header,
    /// Where the first picture begins.
    start: u64,
    picture: I420Frame,
}

impl Y4mSource {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read or is of another kind.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Y4mError> {
        Self::new(BufReader::with_capacity(1 << 16, File::open(path)?))
    }
}

impl<R: BufRead + Seek> Y4mSource<R> {
    /// Reads the header of a stream.
    ///
    /// # Errors
    /// When it cannot be read or is of another kind.
    pub fn new(mut input: R) -> Result<Self, Y4mError> {
        let header = Header::parse(&read_line(&mut input)?)?;
        let start = input.stream_position()?;
        Ok(Self { input, header, start, picture: I420Frame::new(header.width, header.height) })
    }

    /// The next picture; `None` at the end of the file.
    fn read_picture(&mut self) -> Result<Option<I420Frame>, Y4mError> {
        let line = read_line(&mut self.input)?;
        if line.is_empty() {
            return Ok(None);
        }
        if !line.starts_with("FRAME") {
            return Err(Y4mError::Malformed("no frame header"));
        }
        for mut plane in self.picture.planes_mut() {
            for row in 0..plane.height {
                self.input.read_exact(plane.row(row))?;
            }
        }
        Ok(Some(self.picture.clone()))
    }
}

impl<R: BufRead + Seek + Send> PictureSource for Y4mSource<R> {
    fn width(&self) -> u16 {
        self.header.width
    }

    fn height(&self) -> u16 {
        self.header.height
    }

    fn fps(&self) -> u8 {
        self.header.fps
    }

    fn next(&mut self, _at: Duration) -> Result<I420Frame, DeviceError> {
        let failed = |error: Y4mError| DeviceError::Failed(error.to_string());
        if let Some(picture) = self.read_picture().map_err(failed)? {
            return Ok(picture);
        }
        self.input.seek(SeekFrom::Start(self.start)).map_err(|error| failed(error.into()))?;
        self.read_picture().map_err(failed)?.ok_or(DeviceError::Ended)
    }
}

/// A line without its end; empty at the end of the file.
fn read_line(input: &mut impl BufRead) -> Result<String, Y4mError> {
    let mut line = Vec::new();
    input.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)?;
    match line.pop() {
        Some(b'\n') => String::from_utf8(line).map_err(|_| Y4mError::Malformed("header is not text")),
        Some(_) => Err(Y4mError::Malformed("header line")),
        None => Ok(String::new()),
    }
}

/// Writes pictures of one size.
#[derive(Debug)]
pub struct Y4mWriter<W> {
    output: W,
    width: u16,
    height: u16,
}

impl<W: Write> Y4mWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When the output refuses it.
    pub fn new(mut output: W, width: u16, height: u16, fps: u8) -> io::Result<Self> {
        writeln!(output, "YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg")?;
        Ok(Self { output, width, height })
    }

    /// Writes one picture.
    ///
    /// # Errors
    /// When it has another size than the first, or the output refuses it.
    pub fn write(&mut self, picture: &I420Frame) -> io::Result<()> {
        if (picture.width(), picture.height()) != (self.width, self.height) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the picture's size changed"));
        }
        self.output.write_all(b"FRAME\n")?;
        for plane in picture.planes() {
            for row in plane.rows() {
                self.output.write_all(row)?;
            }
        }
        Ok(())
    }

    /// Flushes and gives the output back.
    ///
    /// # Errors
    /// When flushing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::pattern::{FrameNumber, Pattern, read};

    fn file(count: u32) -> Vec<u8> {
        let mut pattern = Pattern::new(0, 160, 90);
        let mut writer = Y4mWriter::new(Vec::new(), 160, 90, 15).unwrap();
        for number in 0..count {
            writer.write(&pattern.draw(FrameNumber(number))).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn what_is_written_is_read_again_and_loops() {
        let mut source = Y4mSource::new(Cursor::new(file(3))).unwrap();
        assert_eq!((source.width(), source.height(), source.fps()), (160, 90, 15));
        let numbers: Vec<_> =
            (0..7).map(|_| read(&source.next(Duration::ZERO).unwrap()).map(|number| number.0)).collect();
        assert_eq!(numbers, [0, 1, 2, 0, 1, 2, 0].map(Some));
    }

    #[test]
    fn a_kept_picture_survives_the_next_one() {
        let mut source = Y4mSource::new(Cursor::new(file(2))).unwrap();
        let first = source.next(Duration::ZERO).unwrap();
        source.next(Duration::ZERO).unwrap();
        assert_eq!(read(&first), Some(FrameNumber(0)));
    }

    #[test]
    fn other_files_are_refused() {
        for header in ["", "RIFF", "YUV4MPEG2 W0 H90\n", "YUV4MPEG2 W160\n", "YUV4MPEG2 W99999 H90\n"] {
            assert!(matches!(Y4mSource::new(Cursor::new(header)), Err(Y4mError::Malformed(_))), "{header}");
        }
        for sampling in ["C444", "C420p10", "Cmono"] {
            let header = format!("YUV4MPEG2 W160 H90 F30:1 {sampling}\n");
            assert!(matches!(Y4mSource::new(Cursor::new(header)), Err(Y4mError::Sampling)), "{sampling}");
        }
        let endless = vec![b'Y'; 5000];
        assert!(Y4mSource::new(Cursor::new(endless)).is_err());
    }

    #[test]
    fn a_cut_file_fails_and_an_empty_one_ends() {
        let mut whole = file(1);
        whole.truncate(whole.len() - 1);
        let mut cut = Y4mSource::new(Cursor::new(whole)).unwrap();
        assert!(matches!(cut.next(Duration::ZERO), Err(DeviceError::Failed(_))));
        let mut empty = Y4mSource::new(Cursor::new("YUV4MPEG2 W2 H2 F30:1\n")).unwrap();
        assert_eq!(empty.next(Duration::ZERO), Err(DeviceError::Ended));
    }

    #[test]
    fn rates_are_rounded() {
        assert_eq!(parse_rate("30000:1001"), Some(30));
        assert_eq!(parse_rate("25:1"), Some(25));
        assert_eq!(parse_rate("25:0"), None);
        assert_eq!(parse_rate("0:1"), None);
    }
}
