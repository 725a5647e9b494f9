use super::*;

fn picture<'a>(layout: Layout, (width, height): (u16, u16), stride: usize, data: &'a [u8]) -> RawPicture<'a> {
    RawPicture { layout, width, height, stride, data }
}

/// The first pixel of each plane.
fn corner(frame: &I420Frame) -> [u8; 3] {
    frame.planes().map(|plane| plane.row(0)[0])
}

#[test]
fn yuy2_keeps_luma_and_averages_colour_down() {
    // Two rows of three pixels, padded to eight bytes.
    let data = [10, 100, 20, 200, 30, 50, 0, 60, 11, 110, 21, 220, 31, 70, 0, 80];
    let frame = convert(&picture(Layout::Yuy2, (3, 2), 8, &data)).expect("whole");
    assert_eq!(frame.y().row(0), [10, 20, 30]);
    assert_eq!(frame.y().row(1), [11, 21, 31]);
    assert_eq!((frame.u().row(0), frame.v().row(0)), (&[105, 60][..], &[210, 70][..]));
}

#[test]
fn a_last_odd_row_of_yuy2_has_its_own_colour() {
    let data = [10, 100, 20, 200];
    let frame = convert(&picture(Layout::Yuy2, (2, 1), 4, &data)).expect("whole");
    assert_eq!(corner(&frame), [10, 100, 200]);
}

#[test]
fn uyvy_is_yuy2_with_colour_first() {
    let data = [100, 10, 200, 20];
    let frame = convert(&picture(Layout::Uyvy, (2, 1), 4, &data)).expect("whole");
    assert_eq!(frame.y().row(0), [10, 20]);
    assert_eq!(corner(&frame), [10, 100, 200]);
}

#[test]
fn nv12_is_taken_apart() {
    let data = [1, 2, 0, 0, 3, 4, 0, 0, 90, 160, 0, 0];
    let frame = convert(&picture(Layout::Nv12, (2, 2), 4, &data)).expect("whole");
    assert_eq!(frame.y().row(1), [3, 4]);
    assert_eq!(corner(&frame), [1, 90, 160]);
}

#[test]
fn i420_may_be_padded() {
    let data = [1, 2, 9, 9, 3, 4, 9, 9, 90, 9, 160, 9];
    let frame = convert(&picture(Layout::I420, (2, 2), 4, &data)).expect("whole");
    assert_eq!(frame.y().row(1), [3, 4]);
    assert_eq!(corner(&frame), [1, 90, 160]);
}

#[test]
fn red_is_red_in_either_order() {
    let red: Vec<u8> = [255, 0, 0, 7].repeat(16 * 4);
    let blue_first: Vec<u8> = [0, 0, 255, 7].repeat(16 * 4);
    for (layout, data) in [(Layout::Rgbx, red), (Layout::Bgrx, blue_first)] {
        let frame = convert(&picture(layout, (16, 4), 64, &data)).expect("whole");
        let [y, u, v] = corner(&frame);
        assert!(y.abs_diff(82) < 4 && u.abs_diff(90) < 4 && v.abs_diff(240) < 4, "{layout:?}: {y} {u} {v}");
    }
}

#[test]
fn full_range_is_brought_into_the_limited_one() {
    let white = [255, 128, 128].repeat(6);
    let frame = planar::from_full_range_444(3, 2, &white).expect("whole");
    assert_eq!(corner(&frame), [235, 128, 128]);
    let black = [0, 0, 255].repeat(6);
    let frame = planar::from_full_range_444(3, 2, &black).expect("whole");
    assert_eq!(corner(&frame), [16, 16, 240]);
}

#[test]
fn a_jpeg_from_a_camera_decodes() {
    let data = include_bytes!("../../fixtures/orange.jpg");
    let frame = convert(&picture(Layout::Jpeg, (64, 48), 0, data)).expect("a JPEG");
    assert_eq!((frame.width(), frame.height()), (64, 48));
    let [y, u, v] = corner(&frame);
    // Orange, 255 128 0, in the limited range of BT.601.
    assert!(y.abs_diff(145) < 5 && u.abs_diff(54) < 6 && v.abs_diff(191) < 6, "{y} {u} {v}");
}

#[test]
fn too_few_bytes_are_no_picture_in_any_layout() {
    let layouts =
        [Layout::Yuy2, Layout::Uyvy, Layout::Nv12, Layout::I420, Layout::Bgrx, Layout::Rgbx, Layout::Jpeg];
    for layout in layouts {
        let whole = vec![200; 16 * 16 * 4];
        for length in [0, 1, 15, 64, 16 * 16 * 3 / 2 - 1] {
            let short = convert(&picture(layout, (16, 16), 16, &whole[..length]));
            assert_eq!(short.err(), Some(Malformed), "{layout:?} of {length} bytes");
        }
        for stride in [0, 1, usize::MAX / 2, usize::MAX] {
            assert!(convert(&picture(layout, (16, 16), stride, &whole)).is_err(), "{layout:?}, {stride}");
        }
        assert!(convert(&picture(layout, (0, 16), 64, &whole)).is_err());
        assert!(convert(&picture(layout, (16, 5000), 64, &whole)).is_err());
    }
}
