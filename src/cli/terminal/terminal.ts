import { readFileSync } from "node:fs";
import { isatty, type ReadStream, type WriteStream } from "node:tty";
import { createPalette, type Palette } from "./palette";

/** What the streams of this process can show and be asked. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  /** Lines of text may be drawn over: stdout is a capable terminal, and nobody keeps its record. */
  readonly canRedraw: boolean;
  /** Somebody is there who can answer questions. */
  readonly canAsk: boolean;
  /** Columns of stdout; unlimited where it is no terminal. */
  readonly columns: number;
  readonly palette: Palette;
  /** For stderr, which can be a terminal where stdout is none. */
  readonly notePalette: Palette;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function describeTerminal(
  { stdin, stdout, stderr }: Pick<NodeJS.Process, "stdin" | "stdout" | "stderr">,
  environment: Environment,
): Terminal {
  const isTerminal = isatty(stdout.fd);
  const attended = !isSet(environment["CI"]);
  const isForeground = foreground();
  return {
    stdin,
    stdout,
    canRedraw: isTerminal && attended && environment["TERM"] !== "dumb",
    canAsk: isTerminal && isatty(stdin.fd) && attended && isForeground,
    columns: isTerminal && stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY,
    palette: createPalette(colorDepth(stdout, environment)),
    notePalette: createPalette(colorDepth(stderr, environment)),
  };
}

/** As https://no-color.org and https://force-color.org have it. */
function colorDepth(stream: WriteStream, environment: Environment): number {
  if ((environment["NO_COLOR"] ?? "") !== "") {
    return 1;
  }
  const force = environment["FORCE_COLOR"];
  if (force !== undefined) {
    return force === "0" || force === "false" ? 1 : 8;
  }
  return stream.isTTY && environment["TERM"] !== "dumb" ? stream.getColorDepth() : 1;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "false" && value !== "0";
}

/**
 * A job in the background is stopped by the kernel when it touches the terminal's settings, and must
 * go on as `phase-hopper run PLAN &` instead.
 */
function foreground(): boolean {
  if (process.platform !== "linux") {
    return true;
  }
  try {
    // After the name in parentheses: state, ppid, pgrp, session, tty_nr, tpgid.
    const stat = readFileSync("/proc/self/stat", "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[2] === fields[5];
  } catch {
    return true;
  }
}
