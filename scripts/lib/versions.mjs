// The pinned versions of every tool that npm's lock file does not pin.

/** Rust programs installed with `cargo install --locked`, each into a folder of its own version. */
export const CARGO_TOOLS = /** @type {const} */ ({
  'worker-build': { version: '0.8.7', bin: 'worker-build' },
  // To the letter the version of the crate `wasm-bindgen` in Cargo.toml.
  'wasm-bindgen-cli': { version: '0.2.129', bin: 'wasm-bindgen' },
  'cargo-fuzz': { version: '0.13.1', bin: 'cargo-fuzz' },
});

/** @typedef {keyof typeof CARGO_TOOLS} CargoTool */

export const WASM_TARGET = 'wasm32-unknown-unknown';

/** `worker-build --panic-unwind` always builds with the toolchain of this name. */
export const NIGHTLY = 'nightly';
