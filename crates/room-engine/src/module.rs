//! The module's functions, as the Worker calls them (src/engine.rs there): it writes into [`input`],
//! calls one that says with [`DONE`] or the number of a [`Refusal`] how it went, and reads [`output`]: a
//! result, or what is wrong. One instance serves one job, or one file of an upload. A panic ends it,
//! and leaves its message as output.

use std::cell::RefCell;

use room_scan::Measurements;

use crate::{Drawing, Engine, Inspection, Refusal, draw};

const DONE: u32 = 0;

#[derive(Default)]
struct State {
    work: Option<Work>,
    input: Vec<u8>,
    output: Vec<u8>,
}

/// What the bytes are read for.
enum Work {
    Analysis(Box<Engine>),
    Inspection(Box<Inspection>),
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

/// Begins the analysis of so many scans of a room, each of at most so many bytes, unpacked.
#[unsafe(no_mangle)]
pub extern "C" fn begin(max_bytes: u32, scans: usize) {
    let engine = Engine::new(max_bytes.into(), scans);
    start(Work::Analysis(Box::new(engine)));
}

/// Begins the inspection of a file of at most so many bytes, unpacked: so many for each that came.
#[unsafe(no_mangle)]
pub extern "C" fn inspect(max_bytes: u32, max_ratio: u32) {
    let inspection = Inspection::new(max_bytes.into(), max_ratio.into());
    start(Work::Inspection(Box::new(inspection)));
}

fn start(work: Work) {
    report_panics();
    STATE.with_borrow_mut(|state| state.work = Some(work));
}

/// Reads the next bytes: the input.
#[unsafe(no_mangle)]
pub extern "C" fn push() -> u32 {
    let input = STATE.with_borrow_mut(|state| std::mem::take(&mut state.input));
    let outcome = go_on(|work| match work {
        Work::Analysis(engine) => engine.push(&input).map_err(Refusal::Unreadable),
        Work::Inspection(inspection) => inspection.push(&input),
    });
    // Kept for the next piece.
    STATE.with_borrow_mut(|state| state.input = input);
    end(outcome.map(|()| Vec::new()))
}

/// Ends the document of a scan: what comes next is the cloud beside it.
#[unsafe(no_mangle)]
pub extern "C" fn next_file() -> u32 {
    next(Engine::next_file)
}

/// Ends the scan: what comes next is another one.
#[unsafe(no_mangle)]
pub extern "C" fn next_scan() -> u32 {
    next(Engine::next_scan)
}

fn next(step: fn(&mut Engine) -> Result<(), String>) -> u32 {
    let outcome = go_on(|work| match work {
        Work::Analysis(engine) => step(engine).map_err(Refusal::Unreadable),
        Work::Inspection(_) => Err(not_begun()),
    });
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
    let Some(Work::Analysis(engine)) = take_work() else {
        return end(Err(not_begun()));
    };
    let written = engine
        .analyze(&app)
        .and_then(|analysis| serde_json::to_vec(&analysis).map_err(|error| error.to_string()));
    end(written.map_err(Refusal::Unreadable))
}

/// Ends the inspected file and says what it is ([`crate::Inspected`]).
#[unsafe(no_mangle)]
pub extern "C" fn finish() -> u32 {
    let Some(Work::Inspection(inspection)) = take_work() else {
        return end(Err(not_begun()));
    };
    end(inspection.finish().map(|inspected| inspected.to_json()))
}

/// Draws the result that is the input; `drawing` is a place in [`Drawing::ALL`].
#[unsafe(no_mangle)]
pub extern "C" fn draw_result(drawing: usize) -> u32 {
    report_panics();
    let input = STATE.with_borrow_mut(|state| std::mem::take(&mut state.input));
    let drawing = Drawing::ALL.get(drawing).copied();
    let drawn = drawing
        .ok_or_else(|| "There is no such drawing".into())
        .and_then(|drawing| draw(drawing, &input));
    end(drawn.map_err(Refusal::Unreadable))
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

/// Does a step of the work that was begun.
fn go_on(step: impl FnOnce(&mut Work) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let mut work = STATE
        .with_borrow_mut(|state| state.work.take())
        .ok_or_else(not_begun)?;
    let outcome = step(&mut work);
    STATE.with_borrow_mut(|state| state.work = Some(work));
    outcome
}

/// The work at its end, and no input any more.
fn take_work() -> Option<Work> {
    STATE.with_borrow_mut(|state| {
        state.input = Vec::new();
        state.work.take()
    })
}

fn not_begun() -> Refusal {
    Refusal::Unreadable("No scan was begun".into())
}

fn end(outcome: Result<Vec<u8>, Refusal>) -> u32 {
    let (code, output) = match outcome {
        Ok(output) => (DONE, output),
        Err(refusal) => (refusal.code(), refusal.to_string().into_bytes()),
    };
    STATE.with_borrow_mut(|state| state.output = output);
    code
}
