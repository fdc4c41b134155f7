//! The size of a PNG or JPEG, from its first bytes: nothing is unpacked.

/// Width and height in pixels; `None` when the data is not such a picture.
#[must_use]
pub fn picture_size(data: &[u8], is_png: bool) -> Option<(u32, u32)> {
    if is_png { png(data) } else { jpeg(data) }
}

/// The header chunk comes first (RFC 2083, 4.1.1).
fn png(data: &[u8]) -> Option<(u32, u32)> {
    if data.get(12..16)? != b"IHDR" {
        return None;
    }
    let number = |at: usize| Some(u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?));
    Some((number(16)?, number(20)?))
}

/// Segments up to the frame header (ITU T.81, B.2.2).
fn jpeg(data: &[u8]) -> Option<(u32, u32)> {
    if !data.starts_with(&[0xff, 0xd8]) {
        return None;
    }
    let mut at = 2;
    loop {
        if *data.get(at)? != 0xff {
            return None;
        }
        let marker = *data.get(at + 1)?;
        let number = |at: usize| Some(u16::from_be_bytes(data.get(at..at + 2)?.try_into().ok()?));
        match marker {
            0xff => at += 1,
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => {
                return Some((number(at + 7)?.into(), number(at + 5)?.into()));
            }
            0xd9 | 0xda => return None,
            _ => at += 2 + usize::from(number(at + 2)?.max(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::picture_size;

    #[test]
    fn sizes_are_read_from_headers() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 1, 0, 0, 0, 0, 64]);
        assert_eq!(picture_size(&png, true), Some((256, 64)));
        let jpeg = [
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 20, 0, 30, 1, 1, 0x11, 0,
        ];
        assert_eq!(picture_size(&jpeg, false), Some((30, 20)));
        for length in 0..jpeg.len() {
            // Cut off anywhere: an answer or none, never a panic.
            let (one, other) = (
                picture_size(&jpeg[..length], false),
                picture_size(&png[..length], true),
            );
            assert!(one.is_none() || other.is_none() || length > 15);
        }
        assert_eq!(picture_size(b"<svg/>", false), None);
    }
}
