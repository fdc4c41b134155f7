//! Reading bodies with a limit that counts what comes out, not what comes in (RELIABILITY §3 row 17: gzip bombs).

use std::io::{self, Write};

use flate2::write::MultiGzDecoder;
use http::header::{CONTENT_ENCODING, HeaderMap};

use super::transport::TransportError;

/// Highest ratio of inflated to received bytes …
const RATIO: usize = 100;
/// … from this many inflated bytes on.
const RATIO_FROM: usize = 1 << 20;

/// Collects a body chunk by chunk.
pub(super) enum Body {
    /// As it comes.
    Plain(Capped),
    /// Inflated.
    Gzip {
        decoder: Box<MultiGzDecoder<Capped>>,
        received: usize,
    },
}

/// Bytes, up to a limit.
pub(super) struct Capped {
    bytes: Vec<u8>,
    limit: usize,
}

impl Body {
    /// A collector for an answer with these headers.
    pub(super) fn new(headers: &HeaderMap, limit: usize) -> Result<Self, TransportError> {
        let sink = Capped {
            bytes: Vec::new(),
            limit,
        };
        let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
        let encoding = encodings
            .next()
            .map_or(b"identity".as_slice(), |v| v.as_bytes());
        if encodings.next().is_some() {
            return Err(TransportError::Encoding);
        }
        match encoding.trim_ascii().to_ascii_lowercase().as_slice() {
            b"identity" | b"" => Ok(Self::Plain(sink)),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip {
                decoder: Box::new(MultiGzDecoder::new(sink)),
                received: 0,
            }),
            _ => Err(TransportError::Encoding),
        }
    }

    /// Adds a chunk.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), TransportError> {
        match self {
            Self::Plain(sink) => sink.write_all(chunk).map_err(|_| TransportError::TooLarge),
            Self::Gzip { decoder, received } => {
                *received += chunk.len();
                decoder.write_all(chunk).map_err(|error| reason(&error))?;
                let inflated = decoder.get_ref().bytes.len();
                if inflated > RATIO_FROM && inflated / RATIO > *received {
                    return Err(TransportError::TooLarge);
                }
                Ok(())
            }
        }
    }

    /// The whole body.
    pub(super) fn finish(self) -> Result<Vec<u8>, TransportError> {
        match self {
            Self::Plain(sink) => Ok(sink.bytes),
            Self::Gzip { received: 0, .. } => Ok(Vec::new()), // 204 and HEAD answers carry the header, too
            // What was received was sound so far, so what is wrong now is that the rest is missing.
            Self::Gzip { decoder, .. } => match decoder.finish() {
                Ok(sink) => Ok(sink.bytes),
                Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                    Err(TransportError::TooLarge)
                }
                Err(_) => Err(TransportError::Reset),
            },
        }
    }
}

impl Write for Capped {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if data.len() > self.limit - self.bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn reason(error: &io::Error) -> TransportError {
    match error.kind() {
        io::ErrorKind::FileTooLarge => TransportError::TooLarge,
        _ => TransportError::Encoding,
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn read(encoding: &str, body: &[u8], limit: usize) -> Result<Vec<u8>, TransportError> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, encoding.parse().unwrap());
        let mut out = Body::new(&headers, limit)?;
        for chunk in body.chunks(1000) {
            out.push(chunk)?;
        }
        out.finish()
    }

    #[test]
    fn plain_and_gzip_come_out_the_same() {
        let text = b"{\"items\":[]}".repeat(10_000);
        assert_eq!(read("identity", &text, text.len()), Ok(text.clone()));
        assert_eq!(read("gzip", &gzip(&text), text.len()), Ok(text.clone()));
        let (a, b) = text.split_at(5_000);
        let members = [gzip(a), gzip(b)].concat();
        assert_eq!(read("GZIP", &members, text.len()), Ok(text));
        assert_eq!(read("gzip", b"", 10), Ok(Vec::new()));
    }

    #[test]
    fn the_limit_counts_inflated_bytes() {
        let zeros = vec![0; 64 << 20];
        let bomb = gzip(&zeros);
        assert!(bomb.len() < 100_000);
        assert_eq!(read("gzip", &bomb, 50 << 20), Err(TransportError::TooLarge));
        assert_eq!(
            read("gzip", &bomb, 500 << 20),
            Err(TransportError::TooLarge),
            "ratio"
        );
        assert_eq!(
            read("identity", &[0; 11], 10),
            Err(TransportError::TooLarge)
        );
        assert_eq!(read("identity", &[0; 10], 10), Ok(vec![0; 10]));
    }

    #[test]
    fn broken_encodings_are_told_apart() {
        let whole = gzip(&b"hello world, hello world".repeat(100));
        for cut in 1..whole.len() {
            let part = &whole[..cut];
            assert_eq!(
                read("gzip", part, 10_000),
                Err(TransportError::Reset),
                "{cut}"
            );
        }
        assert_eq!(
            read("gzip", b"<html>not gzip</html>", 10_000),
            Err(TransportError::Encoding)
        );
        assert_eq!(read("br", b"x", 10), Err(TransportError::Encoding));
    }
}
