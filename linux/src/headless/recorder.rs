//! Recording: `mix.wav`, `<endpoint>.wav` for each speaker and `<source>.y4m` for each video source, as they were
//! really decoded. One thread writes, so that neither sound nor picture waits for the disk.
//!
//! Speakers' files begin with the mix and are silent where they were, so that all files of a call line up.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use treff_codecs::I420Frame;
use treff_codecs::y4m::Y4mWriter;
use treff_media::codec::Ssrc;
use treff_media::device::SpeakerTap;
use treff_media::frame::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// What may wait for the disk: a few seconds of sound, a few pictures of each of nine people.
const QUEUE: usize = 256;
/// Written into Y4M headers; pictures are written as they come.
const NOMINAL_FPS: u8 = 30;

enum Record {
    Mix(Box<AudioBlock>),
    Speaker(Ssrc, Box<AudioBlock>),
    Name(Ssrc, String),
    Picture(Arc<str>, I420Frame),
}

/// A handle to the writing thread; cheap to clone.
#[derive(Clone)]
pub(crate) struct Recorder {
    records: SyncSender<Record>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Recorder {
    /// Makes the folder and starts the thread.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let (records, inbox) = sync_channel(QUEUE);
        let mut writer = Writer { folder: folder.to_owned(), ..Writer::default() };
        let thread = thread::Builder::new().name("treff-record".to_owned()).spawn(move || {
            if let Err(error) = writer.run(&inbox) {
                eprintln!("Recording stopped: {error}. Is the disk full?");
            }
        })?;
        Ok(Self { records, thread: Arc::new(Mutex::new(Some(thread))) })
    }

    /// Names a speaker's file.
    pub(super) fn name(&self, ssrc: Ssrc, endpoint: &str) {
        let _ = self.records.send(Record::Name(ssrc, file_stem(endpoint)));
    }

    /// Takes the mix.
    pub(super) fn mix(&self) -> MixRecorder {
        MixRecorder { records: self.records.clone() }
    }

    /// Takes each speaker alone.
    pub(super) fn speakers(&self) -> SpeakerRecorder {
        SpeakerRecorder { records: self.records.clone() }
    }

    /// Takes the pictures of one source.
    pub(super) fn pictures(&self, source: &str) -> PictureRecorder {
        PictureRecorder { source: file_stem(source).into(), records: self.records.clone() }
    }

    /// Waits until everything is on the disk. Whoever records must have let go before.
    pub(super) fn finish(self) {
        let Self { records, thread } = self;
        drop(records);
        let thread = thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

pub(super) struct MixRecorder {
    records: SyncSender<Record>,
}

impl MixRecorder {
    pub(super) fn write(&mut self, block: &AudioBlock) {
        let _ = self.records.send(Record::Mix(Box::new(*block)));
    }
}

pub(super) struct SpeakerRecorder {
    records: SyncSender<Record>,
}

impl SpeakerTap for SpeakerRecorder {
    fn speaker_block(&mut self, ssrc: Ssrc, block: &AudioBlock) {
        let _ = self.records.send(Record::Speaker(ssrc, Box::new(*block)));
    }
}

pub(super) struct PictureRecorder {
    source: Arc<str>,
    records: SyncSender<Record>,
}

impl PictureRecorder {
    pub(super) fn write(&mut self, picture: &I420Frame) {
        let _ = self.records.send(Record::Picture(Arc::clone(&self.source), picture.clone()));
    }
}

#[derive(Default)]
struct Writer {
    folder: PathBuf,
    mix: Option<Wav>,
    names: BTreeMap<Ssrc, String>,
    speakers: BTreeMap<String, Wav>,
    pictures: BTreeMap<Arc<str>, Pictures>,
}

struct Pictures {
    file: Y4mWriter<BufWriter<File>>,
    size: (u16, u16),
    part: u32,
}

impl Writer {
    fn run(&mut self, inbox: &Receiver<Record>) -> io::Result<()> {
        let written = inbox.iter().try_for_each(|record| self.write(record));
        let mix = self.mix.take().into_iter();
        mix.chain(std::mem::take(&mut self.speakers).into_values()).try_for_each(Wav::finish)?;
        for pictures in std::mem::take(&mut self.pictures).into_values() {
            pictures.file.finish()?;
        }
        written
    }

    fn write(&mut self, record: Record) -> io::Result<()> {
        match record {
            Record::Name(ssrc, name) => {
                self.names.insert(ssrc, name);
                Ok(())
            }
            Record::Mix(block) => self.mix()?.write(&block),
            Record::Speaker(ssrc, block) => {
                let mixed = self.mix()?.blocks;
                let name = self.names.get(&ssrc).cloned().unwrap_or_else(|| ssrc.to_string());
                let wav = match self.speakers.entry(name) {
                    std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::btree_map::Entry::Vacant(new) => {
                        let path = self.folder.join(format!("{}.wav", new.key()));
                        new.insert(Wav::create(&path)?)
                    }
                };
                while wav.blocks < mixed {
                    wav.write(&[0.0; BLOCK_SAMPLES])?;
                }
                wav.write(&block)
            }
            Record::Picture(source, picture) => self.picture(source, &picture),
        }
    }

    fn mix(&mut self) -> io::Result<&mut Wav> {
        match &mut self.mix {
            Some(mix) => Ok(mix),
            empty => Ok(empty.insert(Wav::create(&self.folder.join("mix.wav"))?)),
        }
    }

    /// Y4M knows one size a file: another size begins `<source>-2.y4m` and so on.
    fn picture(&mut self, source: Arc<str>, picture: &I420Frame) -> io::Result<()> {
        let size = (picture.width(), picture.height());
        let part = match self.pictures.get_mut(&source) {
            Some(known) if known.size == size => return known.file.write(picture),
            Some(known) => known.part + 1,
            None => 1,
        };
        let name = if part == 1 { format!("{source}.y4m") } else { format!("{source}-{part}.y4m") };
        let file = BufWriter::new(File::create(self.folder.join(name))?);
        let mut file = Y4mWriter::new(file, size.0, size.1, NOMINAL_FPS)?;
        file.write(picture)?;
        if let Some(before) = self.pictures.insert(source, Pictures { file, size, part }) {
            before.file.finish()?;
        }
        Ok(())
    }
}

/// A mono file at 48 kHz, 16 bits.
struct Wav {
    file: hound::WavWriter<BufWriter<File>>,
    blocks: u64,
}

impl Wav {
    fn create(path: &Path) -> io::Result<Self> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        Ok(Self { file: hound::WavWriter::create(path, spec).map_err(io::Error::other)?, blocks: 0 })
    }

    fn write(&mut self, block: &AudioBlock) -> io::Result<()> {
        self.blocks += 1;
        block.iter().try_for_each(|sample| {
            let sample = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
            self.file.write_sample(sample).map_err(io::Error::other)
        })
    }

    fn finish(self) -> io::Result<()> {
        self.file.finalize().map_err(io::Error::other)
    }
}

/// Names come from the network: only harmless characters reach the file system.
fn file_stem(name: &str) -> String {
    let harmless = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '_' };
    let stem: String = name.chars().take(64).map(harmless).collect();
    if stem.is_empty() { "unnamed".to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speakers_line_up_with_the_mix() {
        let folder = std::env::temp_dir().join(format!("treff-record-{}", std::process::id()));
        let recorder = Recorder::create(&folder).expect("a folder of our own");
        recorder.name(Ssrc(7), "ben00001");
        let (mut mix, mut speakers) = (recorder.mix(), recorder.speakers());
        mix.write(&[0.0; BLOCK_SAMPLES]);
        mix.write(&[0.0; BLOCK_SAMPLES]);
        speakers.speaker_block(Ssrc(7), &[0.5; BLOCK_SAMPLES]);
        mix.write(&[0.5; BLOCK_SAMPLES]);
        let mut pictures = recorder.pictures("ben00001-v0");
        pictures.write(&I420Frame::new(64, 36));
        pictures.write(&I420Frame::new(32, 18));
        drop((mix, speakers, pictures));
        recorder.finish();
        let read = |name: &str| {
            let mut reader = hound::WavReader::open(folder.join(name)).expect("a finished file");
            reader.samples::<i16>().map(|s| s.expect("a sample")).collect::<Vec<_>>()
        };
        assert_eq!(read("mix.wav").len(), 3 * BLOCK_SAMPLES);
        let ben = read("ben00001.wav");
        assert_eq!(ben.len(), 3 * BLOCK_SAMPLES);
        assert_eq!((ben[0], ben[2 * BLOCK_SAMPLES]), (0, 16383));
        assert!(folder.join("ben00001-v0.y4m").exists() && folder.join("ben00001-v0-2.y4m").exists());
        fs::remove_dir_all(folder).expect("the folder is ours");
    }

    #[test]
    fn names_from_the_network_stay_in_the_folder() {
        assert_eq!(file_stem("../../etc/passwd"), "______etc_passwd");
        assert_eq!(file_stem(""), "unnamed");
    }
}
