/**
 * What never reaches a step: the host's own switches (a child that finds `ELECTRON_RUN_AS_NODE` or
 * `CLAUDECODE` behaves differently), and secrets that a plan has no business with.
 */
const removed =
  /^(?:VSCODE_.*|ELECTRON_.*|CLAUDECODE|CLAUDE_CODE_.*|GITHUB_TOKEN|GH_TOKEN|(?:PHASE_)?HOPPER_(?:API_)?TOKEN)$/i;

/** The host's environment as steps get it; `passEnv` names what is kept all the same. */
export function childEnvironment(
  host: NodeJS.ProcessEnv,
  passEnv: readonly string[],
): NodeJS.ProcessEnv {
  const kept = new Set(passEnv);
  const entries = Object.entries(host).filter(([name]) => kept.has(name) || !removed.test(name));
  // A step has no terminal: git must fail rather than wait for a password that nobody can type.
  return { ...Object.fromEntries(entries), GIT_TERMINAL_PROMPT: "0" };
}

/** The marker of everything that runs for an attempt: a list, so that nested runs are found too. */
export function ancestryOf(host: NodeJS.ProcessEnv, attemptId: string): string {
  const outer = host["HOPPER_ANCESTRY"];
  return outer ? `${outer}:${attemptId}` : attemptId;
}
