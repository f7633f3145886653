//! Geometry, in a Wasm module of its own (crates/room-engine): a fresh instance for each use, so that
//! the memory of a large scan goes when the job is done. WebAssembly memory never shrinks, and the
//! Worker's own would keep it.

use js_sys::WebAssembly::{Instance, Memory, Module};
use js_sys::{Array, Function, Object, Reflect, Uint8Array};
use room_engine::{Inspected, Refusal};
use wasm_bindgen::{JsCast, JsValue};
use worker::send::SendWrapper;

use crate::error::{Error, Result};

/// Where scripts/lib/build.mjs leaves the module: it is imported beside this one.
const GLOBAL: &str = "roomEngine";
/// What an export answers when its output is the result, and not a refusal.
const DONE: f64 = 0.0;

/// An instance of the room engine.
pub struct Engine(SendWrapper<Exports>);

struct Exports {
    functions: JsValue,
    memory: Memory,
}

impl Engine {
    /// A fresh one.
    ///
    /// # Errors
    /// When it cannot be started: the deployment lacks the module, or memory is short.
    pub fn start() -> Result<Self> {
        let exports = || {
            let module = Reflect::get(&js_sys::global(), &GLOBAL.into())?;
            let instance = Instance::new(module.unchecked_ref::<Module>(), &Object::new())?;
            let functions = JsValue::from(instance.exports());
            let memory = Reflect::get(&functions, &"memory".into())?.unchecked_into();
            Ok(Exports { functions, memory })
        };
        exports()
            .map(|exports| Self(SendWrapper::new(exports)))
            .map_err(|error: JsValue| Error::Unavailable(format!("room engine: {error:?}")))
    }

    /// Begins the analysis of so many scans of a room, each of at most so many bytes, unpacked.
    ///
    /// # Errors
    /// When the engine is broken.
    pub fn begin(&self, max_bytes: u64, scans: usize) -> Result<()> {
        self.call("begin", &[max_bytes as f64, scans as f64])
            .map(drop)
    }

    /// Begins the inspection of an upload's file, of at most so many bytes, unpacked: so many for each
    /// that came.
    ///
    /// # Errors
    /// When the engine is broken.
    pub fn inspect(&self, max_bytes: u64, max_ratio: u64) -> Result<()> {
        self.call("inspect", &[max_bytes as f64, max_ratio as f64])
            .map(drop)
    }

    /// Ends the inspected file.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(&self) -> Result<Answer<Inspected>> {
        let answer = self.ask("finish", &[])?;
        let unknown = || Error::Internal("room engine: what it found is unreadable".into());
        Ok(match answer {
            Ok(json) => Ok(Inspected::from_json(&json).ok_or_else(unknown)?),
            Err(refusal) => Err(refusal),
        })
    }

    /// Ends the document of a scan: what is pushed next is the cloud beside it.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn next_file(&self) -> Result<Answer> {
        self.ask("next_file", &[])
    }

    /// Ends the scan: what is pushed next is another one of the same room.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn next_scan(&self) -> Result<Answer> {
        self.ask("next_scan", &[])
    }

    /// Reads the next bytes.
    ///
    /// # Errors
    /// The inner one is what is wrong with them; the outer one says that the engine is broken.
    pub fn push(&self, bytes: &[u8]) -> Result<Answer> {
        self.give(bytes)?;
        self.ask("push", &[])
    }

    /// Measures the room, beside the app's own length, width, height, area and volume. The answer is
    /// JSON.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn analyze(&self, app: [Option<f64>; 5]) -> Result<Answer> {
        let figures = app.map(|figure| figure.unwrap_or(f64::NAN));
        self.ask("analyze", &figures)
    }

    /// Draws a stored result; `drawing` is a place in `room_engine::Drawing::ALL`.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn draw(&self, drawing: usize, result: &[u8]) -> Result<Answer> {
        self.give(result)?;
        self.ask("draw_result", &[drawing as f64])
    }

    /// The size of its memory.
    pub fn memory_bytes(&self) -> u64 {
        u64::from(Uint8Array::new(&self.0.memory.buffer()).length())
    }

    fn give(&self, bytes: &[u8]) -> Result<()> {
        let address = self.call("input", &[bytes.len() as f64])?;
        self.view(address, bytes.len()).copy_from(bytes);
        Ok(())
    }

    fn ask(&self, name: &str, arguments: &[f64]) -> Result<Answer> {
        let code = self.call(name, arguments)?;
        let output = self.output()?;
        Ok(if code == DONE {
            Ok(output)
        } else {
            let text = String::from_utf8_lossy(&output).into_owned();
            Err(Refusal::of(code as u32, text))
        })
    }

    fn output(&self) -> Result<Vec<u8>> {
        let length = self.call("output_length", &[])? as usize;
        Ok(self.view(self.call("output", &[])?, length).to_vec())
    }

    /// A part of its memory, as it is now: growing makes a new buffer.
    fn view(&self, address: f64, length: usize) -> Uint8Array {
        let buffer = self.0.memory.buffer();
        Uint8Array::new_with_byte_offset_and_length(&buffer, address as u32, length as u32)
    }

    fn call(&self, name: &str, arguments: &[f64]) -> Result<f64> {
        let arguments: Array = arguments.iter().copied().map(JsValue::from).collect();
        let answer = Reflect::get(&self.0.functions, &name.into()).and_then(|function| {
            function
                .unchecked_ref::<Function>()
                .apply(&JsValue::UNDEFINED, &arguments)
        });
        match answer {
            Ok(answer) => Ok(answer.as_f64().unwrap_or_default()),
            Err(error) => Err(self.broken(name, &error)),
        }
    }

    /// What a panic left behind, or else what the runtime says.
    fn broken(&self, name: &str, error: &JsValue) -> Error {
        let is_asking = name.starts_with("output");
        let message = (!is_asking).then(|| self.output().unwrap_or_default());
        let message = String::from_utf8(message.unwrap_or_default()).unwrap_or_default();
        Error::Internal(format!("room engine, {name}: {error:?} {message}"))
    }
}

/// An output of the engine, or its refusal of what it was given.
pub type Answer<T = Vec<u8>> = std::result::Result<T, Refusal>;
