//! Response bodies larger than memory.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};

/// A body of the chunks in order, each repeated. Never more than one chunk is held in memory.
pub(crate) fn repeated(chunks: Vec<(Bytes, u64)>) -> Body {
    Body::new(Repeated(chunks))
}

struct Repeated(Vec<(Bytes, u64)>);

impl HttpBody for Repeated {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some((chunk, left)) = self.0.first_mut() else {
            return Poll::Ready(None);
        };
        let out = chunk.clone();
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.0.remove(0);
        }
        Poll::Ready(Some(Ok(Frame::data(out))))
    }
}
