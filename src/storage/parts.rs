//! A file that lies in parts, on its way to the client without touching the bytes.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, StreamPipeOptions, WritableStream};

use super::Files;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::telemetry::Level;

/// Some bytes of a stored file.
#[derive(Debug, PartialEq, Eq)]
struct Slice {
    key: String,
    offset: u64,
    length: u64,
}

/// The slices that a client gets, one after the other.
pub struct Parts {
    files: Files,
    slices: Vec<Slice>,
    length: u64,
}

impl Parts {
    /// `length` bytes from `first` on of the file that these parts (key and bytes of each) make.
    pub fn new(files: Files, parts: Vec<(String, u64)>, first: u64, length: u64) -> Self {
        Self {
            files,
            slices: slices(parts, first, length),
            length,
        }
    }

    /// Lets the bytes flow as the client takes them. Should a part be missing, the stream breaks:
    /// it never ends early.
    pub(crate) fn open(self, context: &Context) -> worker::Result<ReadableStream> {
        let pipe = FixedLengthStream::new(self.length as f64)?;
        let (readable, writable) = (pipe.readable(), pipe.writable());
        let flowing = context.clone();
        context.after_response(async move {
            if let Err(error) = self.flow(&writable).await {
                let detail = error.log_detail().map(str::to_owned);
                flowing
                    .record(Level::Warn, "A download ended early")
                    .with("error", detail)
                    .write();
                // A client that went away has ended it already.
                let _ = JsFuture::from(writable.abort()).await;
            }
        });
        Ok(readable)
    }

    async fn flow(self, writable: &WritableStream) -> Result<()> {
        let options = StreamPipeOptions::new();
        options.set_prevent_close(true);
        for slice in &self.slices {
            let Slice {
                key,
                offset,
                length,
            } = slice;
            let file = self.files.get_slice(key, *offset, *length).await?;
            let file = file.ok_or_else(|| Error::Unavailable(format!("{key} is missing")))?;
            let stream = file.into_response_body()?;
            let piping = stream.pipe_to_with_options(writable, &options);
            JsFuture::from(piping).await.map_err(broken)?;
        }
        JsFuture::from(writable.close()).await.map_err(broken)?;
        Ok(())
    }
}

fn broken(error: JsValue) -> Error {
    Error::Unavailable(format!("{error:?}"))
}

fn slices(parts: Vec<(String, u64)>, first: u64, length: u64) -> Vec<Slice> {
    let end = first + length;
    let mut start = 0;
    let mut slices = Vec::new();
    for (key, bytes) in parts {
        let (from, to) = (first.max(start), end.min(start + bytes));
        if from < to {
            slices.push(Slice {
                key,
                offset: from - start,
                length: to - from,
            });
        }
        start += bytes;
    }
    slices
}

#[wasm_bindgen]
extern "C" {
    /// https://developers.cloudflare.com/workers/runtime-apis/streams/transformstream/
    type FixedLengthStream;

    #[wasm_bindgen(constructor, catch)]
    fn new(length: f64) -> std::result::Result<FixedLengthStream, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn readable(this: &FixedLengthStream) -> ReadableStream;

    #[wasm_bindgen(method, getter)]
    fn writable(this: &FixedLengthStream) -> WritableStream;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_touches_only_the_parts_that_it_is_in() {
        let parts = || vec![("a".into(), 10), ("b".into(), 5), ("c".into(), 10)];
        let of = |first, length| -> Vec<_> {
            let slices = slices(parts(), first, length).into_iter();
            slices.map(|s| (s.key, s.offset, s.length)).collect()
        };
        let slice = |key: &str, offset, length| (key.to_owned(), offset, length);
        assert_eq!(
            of(0, 25),
            [slice("a", 0, 10), slice("b", 0, 5), slice("c", 0, 10)]
        );
        assert_eq!(of(9, 2), [slice("a", 9, 1), slice("b", 0, 1)]);
        assert_eq!(of(10, 5), [slice("b", 0, 5)]);
        assert_eq!(of(24, 1), [slice("c", 9, 1)]);
    }
}
