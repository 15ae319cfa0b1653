import { setFlagsFromString } from "node:v8";

/** In bytes of bytecode that a function runs; the default is 67,584. */
const budget = 1_200_000;
/** In bytes of WebAssembly that a function runs; the default is 1,800,000. */
const wasmBudget = 100_000_000;

/**
 * Lets V8 wait longer before it compiles a function anew with its best compiler. That takes milliseconds
 * of a second processor each time, which the phases' own processes need, and a run of short phases is
 * over before a function that runs some thousand times has paid for it: of SQLite alone it takes a quarter
 * of a second. What is really hot is compiled a moment later.
 *
 * For a process that is all ours; JavaScript's only in the V8 of Node 20, since later ones have no such
 * flag, and complain on stderr.
 */
export function compileLater(): void {
  setFlagsFromString(`--wasm-tiering-budget=${wasmBudget}`);
  if (process.versions.v8.startsWith("11.")) {
    setFlagsFromString(`--interrupt-budget=${budget}`);
  }
}

/** More than any command of a second comes to. */
const neverReached = 2_000_000_000;

/**
 * Keeps V8 from compiling SQLite anew with its best compiler. One of its functions alone takes that a fifth of a
 * second of another processor, and a process ends no sooner: a command that is done by then only waits for it.
 */
export function compileOnce(): void {
  setFlagsFromString(`--wasm-tiering-budget=${neverReached}`);
}
