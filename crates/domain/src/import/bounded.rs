//! The bytes of a file, without its byte order mark, and with an end to every line.

use std::io::{Error, ErrorKind, Read, Result};

use super::{MAX_LINE, Unreadable};

pub(super) struct Bounded<R> {
    /// What was read to find the separator, and how much of it is passed on already.
    first: Vec<u8>,
    taken: usize,
    rest: R,
    /// Bytes since the last line feed.
    line: usize,
}

impl<R: Read> Bounded<R> {
    /// Reads the first line, takes the mark off, and tells the separator: a comma, a semicolon or a tab, whichever the header has most of.
    pub(super) fn open(mut input: R) -> std::result::Result<(Self, u8), Unreadable> {
        let mut first = Vec::new();
        let mut chunk = [0; 4096];
        while !first.contains(&b'\n') && first.len() < MAX_LINE {
            match input.read(&mut chunk) {
                Ok(0) => break,
                Ok(read) => first.extend_from_slice(&chunk[..read]),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        if first.starts_with(&[0xff, 0xfe]) || first.starts_with(&[0xfe, 0xff]) {
            return Err(Unreadable::Utf16);
        }
        let taken = if first.starts_with(&[0xef, 0xbb, 0xbf]) {
            3
        } else {
            0
        };
        let header = first[taken..].split(|byte| *byte == b'\n').next();
        let count = |separator: u8| {
            header.map_or(0, |line| line.iter().filter(|b| **b == separator).count())
        };
        let separator = [b',', b';', b'\t']
            .into_iter()
            .max_by_key(|separator| (count(*separator), *separator == b','))
            .unwrap_or(b',');
        let bounded = Self {
            first,
            taken,
            rest: input,
            line: 0,
        };
        Ok((bounded, separator))
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        let ready = &self.first[self.taken..];
        let read = if ready.is_empty() {
            self.rest.read(into)?
        } else {
            let some = ready.len().min(into.len());
            into[..some].copy_from_slice(&ready[..some]);
            self.taken += some;
            some
        };
        for byte in &into[..read] {
            self.line = if *byte == b'\n' { 0 } else { self.line + 1 };
            if self.line > MAX_LINE {
                return Err(Error::new(
                    ErrorKind::InvalidData,
                    format!("a line is longer than {} KiB", MAX_LINE / 1024),
                ));
            }
        }
        Ok(read)
    }
}
