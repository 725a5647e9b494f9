//! Writes the pattern of one person as YUV4MPEG2 to standard output: `draw_pattern PERSON WIDTH HEIGHT
//! COUNT`.

use std::io::{self, BufWriter};

use treff_codecs::pattern::{FrameNumber, Pattern};
use treff_codecs::y4m::Y4mWriter;

fn main() -> io::Result<()> {
    let numbers: Vec<u16> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let &[person, width, height, count] = &numbers[..] else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "usage: draw_pattern PERSON WIDTH HEIGHT COUNT",
        ));
    };
    let mut pattern = Pattern::new(usize::from(person), width, height);
    let mut writer = Y4mWriter::new(BufWriter::new(io::stdout().lock()), width, height, 30)?;
    for number in 0..u32::from(count) {
        writer.write(&pattern.draw(FrameNumber(number)))?;
    }
    writer.finish().map(drop)
}
