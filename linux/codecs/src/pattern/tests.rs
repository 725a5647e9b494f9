use super::*;
use crate::scale::scale;

#[test]
fn numbers_are_read_back_at_every_size() {
    for (width, height) in [(1280, 720), (640, 360), (320, 180), (160, 90), (854, 480), (480, 640)] {
        let mut pattern = Pattern::new(3, width, height);
        for number in [0, 1, 2, 0xaaaa, 0x5_5555, 0xf_ffff, 77] {
            let frame = pattern.draw(FrameNumber(number));
            assert_eq!(read(&frame), Some(FrameNumber(number)), "{number} at {width}x{height}");
            assert_eq!(dominant_colour(&frame), Some(3));
        }
    }
}

#[test]
fn scaled_pictures_are_readable() {
    let mut pattern = Pattern::new(0, 1280, 720);
    for number in (0..FrameNumber::LIMIT).step_by(40_503) {
        let frame = pattern.draw(FrameNumber(number));
        for (width, height) in [(640, 360), (320, 180), (160, 90), (213, 120)] {
            let mut small = I420Frame::new(width, height);
            scale(&frame, &mut small);
            assert_eq!(read(&small), Some(FrameNumber(number)), "{number} at {width}x{height}");
        }
    }
}

#[test]
fn everybody_has_a_colour() {
    for person in 0..COLOURS {
        let frame = Pattern::new(person, 320, 180).draw(FrameNumber(5));
        assert_eq!(dominant_colour(&frame), Some(person));
    }
    assert_eq!(dominant_colour(&Pattern::new(COLOURS + 1, 320, 180).draw(FrameNumber(5))), Some(1));
}

#[test]
fn other_pictures_are_not_numbers() {
    let mut frame = I420Frame::new(320, 180);
    for luma in [0, 16, 110, 128, 235, 255] {
        frame.planes_mut()[0].data.fill(luma);
        assert_eq!(read(&frame), None, "flat {luma}");
        assert_eq!(dominant_colour(&frame), None);
    }
    assert_eq!(read(&I420Frame::new(2, 2)), None);
}

#[test]
fn one_wrong_cell_is_noticed() {
    let cells = FrameNumber(0x1_2345).cells();
    for index in 0..CELLS {
        assert_eq!(FrameNumber::from_cells(cells ^ 1 << index), None);
    }
}

#[test]
fn drawing_in_steps_gives_the_same_picture_as_drawing_afresh() {
    let mut stepwise = Pattern::new(4, 640, 360);
    for number in [0, 1, 2, 63, 64, 65, 1000] {
        let frame = stepwise.draw(FrameNumber(number));
        assert_eq!(frame, Pattern::new(4, 640, 360).draw(FrameNumber(number)), "{number}");
    }
}

#[test]
fn a_kept_picture_does_not_change() {
    let mut pattern = Pattern::new(0, 160, 90);
    let kept = pattern.draw(FrameNumber(1));
    pattern.draw(FrameNumber(2));
    assert_eq!(read(&kept), Some(FrameNumber(1)));
}

#[test]
fn the_source_counts_by_time() {
    let mut source = PatternSource::new(1, 320, 180, 30);
    let third = source.next(Duration::from_millis(100)).unwrap();
    assert_eq!(read(&third), Some(FrameNumber(3)));
    // Nominal times are cut to nanoseconds; they must not fall into the frame before.
    for n in 0..1000u32 {
        assert_eq!(PatternSource::number(Duration::from_secs(1) * n / 30, 30), FrameNumber(n));
    }
}
