//! The module's functions, as the Worker calls them (src/engine.rs there): it writes into [`input`],
//! calls one that says with [`DONE`] or [`FAILED`] how it went, and reads [`output`]: a result, or a
//! sentence about what is wrong. One instance serves one job. A panic ends it, and leaves its message
//! as output.

use std::cell::RefCell;

use room_scan::Measurements;

use crate::{Drawing, Engine, draw};

const DONE: u32 = 0;
const FAILED: u32 = 1;

#[derive(Default)]
struct State {
    engine: Option<Engine>,
    input: Vec<u8>,
    output: Vec<u8>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::default();
}

/// Makes room for so many bytes and says where.
#[unsafe(no_mangle)]
pub extern "C" fn input(length: usize) -> *mut u8 {
    STATE.with_borrow_mut(|state| {
        state.input.resize(length, 0);
        state.input.as_mut_ptr()
    })
}

/// Where the output is.
#[unsafe(no_mangle)]
pub extern "C" fn output() -> *const u8 {
    STATE.with_borrow(|state| state.output.as_ptr())
}

/// How long the output is.
#[unsafe(no_mangle)]
pub extern "C" fn output_length() -> usize {
    STATE.with_borrow(|state| state.output.len())
}

/// Begins so many scans of a room, each of at most so many bytes, unpacked.
#[unsafe(no_mangle)]
pub extern "C" fn begin(max_bytes: u32, scans: usize) {
    report_panics();
    STATE.with_borrow_mut(|state| state.engine = Some(Engine::new(max_bytes.into(), scans)));
}

/// Reads the next bytes of the scan: the input.
#[unsafe(no_mangle)]
pub extern "C" fn push() -> u32 {
    let (engine, input) =
        STATE.with_borrow_mut(|state| (state.engine.take(), std::mem::take(&mut state.input)));
    let Some(mut engine) = engine else {
        return end(Err(NOT_BEGUN.into()));
    };
    let outcome = engine.push(&input);
    STATE.with_borrow_mut(|state| {
        state.engine = Some(engine);
        // Kept for the next piece.
        state.input = input;
    });
    end(outcome.map(|()| Vec::new()))
}

/// Ends the scan: what comes next is another one.
#[unsafe(no_mangle)]
pub extern "C" fn next() -> u32 {
    let Some(mut engine) = STATE.with_borrow_mut(|state| state.engine.take()) else {
        return end(Err(NOT_BEGUN.into()));
    };
    let outcome = engine.next_scan();
    STATE.with_borrow_mut(|state| state.engine = Some(engine));
    end(outcome.map(|()| Vec::new()))
}

/// Measures the room. The figures are the app's own; NaN where it has none.
#[unsafe(no_mangle)]
pub extern "C" fn analyze(length: f64, width: f64, height: f64, area: f64, volume: f64) -> u32 {
    let known = |figure: f64| (!figure.is_nan()).then_some(figure);
    let app = Measurements {
        length: known(length),
        width: known(width),
        height: known(height),
        area: known(area),
        volume: known(volume),
    };
    let engine = STATE.with_borrow_mut(|state| {
        state.input = Vec::new();
        state.engine.take()
    });
    let analysis = engine
        .ok_or_else(|| NOT_BEGUN.into())
        .and_then(|engine| engine.analyze(&app));
    end(analysis
        .and_then(|analysis| serde_json::to_vec(&analysis).map_err(|error| error.to_string())))
}

/// Draws the result that is the input; `drawing` is a place in [`Drawing::ALL`].
#[unsafe(no_mangle)]
pub extern "C" fn draw_result(drawing: usize) -> u32 {
    report_panics();
    let input = STATE.with_borrow_mut(|state| std::mem::take(&mut state.input));
    let drawing = Drawing::ALL.get(drawing).copied();
    end(drawing
        .ok_or_else(|| "There is no such drawing".into())
        .and_then(|drawing| draw(drawing, &input)))
}

/// Nobody else could say what it was: the message would be lost with the instance.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        STATE.with(|state| {
            if let Ok(mut state) = state.try_borrow_mut() {
                state.output = panic.to_string().into_bytes();
            }
        });
    }));
}

const NOT_BEGUN: &str = "No scan was begun";

fn end(outcome: Result<Vec<u8>, String>) -> u32 {
    let (code, output) = match outcome {
        Ok(output) => (DONE, output),
        Err(reason) => (FAILED, reason.into_bytes()),
    };
    STATE.with_borrow_mut(|state| state.output = output);
    code
}
