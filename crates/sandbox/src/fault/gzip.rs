//! A gzip body far smaller than what it unpacks to.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

const CHUNK: usize = 1 << 20;

/// A valid gzip stream of `mebibytes` MiB of spaces. One MiB is packed once and repeated, so this is quick.
pub(super) fn bomb(mebibytes: u32) -> Vec<u8> {
    let plain = vec![b' '; CHUNK];
    let packed = packed_chunk(&plain);
    let mut one = Crc::new();
    one.update(&plain);
    let mut crc = Crc::new();
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..mebibytes {
        out.extend_from_slice(&packed);
        crc.combine(&one);
    }
    // An empty final block with the fixed code table ends the deflate stream (RFC 1951 §3.2.3).
    out.extend_from_slice(&[0x03, 0x00]);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    let size = u32::try_from(u64::from(mebibytes) * (CHUNK as u64) % (1 << 32)).unwrap_or(0);
    out.extend_from_slice(&size.to_le_bytes());
    out
}

/// The chunk as non-final deflate blocks that end on a byte boundary, so that copies can follow each other.
fn packed_chunk(plain: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(plain).and_then(|()| encoder.flush());
    match written {
        Ok(()) => encoder.get_ref().clone(),
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    #[test]
    fn unpacks_to_the_announced_size() {
        let packed = super::bomb(3);
        assert!(packed.len() < 20_000, "{} bytes", packed.len());
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut plain)
            .unwrap();
        assert_eq!(plain.len(), 3 << 20);
    }
}
