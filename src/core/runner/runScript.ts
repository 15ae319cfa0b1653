import { join } from "node:path";
import type { AttemptSpec } from "./attemptSpec";
import { verifyMarker } from "./attemptSpec";

/**
 * The steps of an attempt as a script that the POSIX wrapper reads. The wrapper calls
 * `hopper_steps`, and learns from `hopper_step` which step was the last and from `hopper_problem`
 * that it could not even be started. `hopper_stopped` is set by the wrapper on SIGTERM: a step that
 * has not begun by then must not.
 */
export function runScript(spec: AttemptSpec, folder: string): string {
  const exports = Object.entries(spec.environment).map(
    ([name, value]) => `export ${name}=${quote(value)}\n`,
  );
  const steps = spec.steps.map((step, index) => {
    const command = step.argv.map(quote).join(" ");
    const input = step.stdin === undefined ? "" : ` <${quote(join(folder, step.stdin))}`;
    return [
      '[ -z "$hopper_stopped" ] || return 143',
      `hopper_step=${index}`,
      ...(step.kind === "verify" ? [`printf '%s\\n' ${quote(verifyMarker(step))}`] : []),
      `${command}${input} || return`,
    ];
  });
  const body = [
    "hopper_step=0",
    `cd -- ${quote(spec.workspace)} || { hopper_problem=workspace; return 126; }`,
    ...steps.flat(),
  ];
  return `${exports.join("")}hopper_steps() {\n${body.map((line) => `  ${line}\n`).join("")}}\n`;
}

/** One word for a POSIX shell, whatever is in it. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
