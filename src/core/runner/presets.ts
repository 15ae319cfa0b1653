import type { CommandRunnerDefinition, RunnerDefinition, Runners } from "../protocol/runners";

/** Seconds without output after which an agent counts as hung. */
const agentIdleTimeout = 15 * 60;

/**
 * The presets of agents let them edit files of the workspace and nothing more that would need a
 * person's consent: what a phase did is checked by its verify blocks, which run outside the agent.
 * Whoever wants more (shell commands, network) says so in a configuration of his own, with
 * `extends` and `argv`. All of them read the prompt from stdin and report event by event, so that
 * output shows that they live. Exit code 0 proves nothing for any of them: it also comes after a
 * refused login, a denied tool or an empty answer.
 */

/**
 * Claude Code. `stream-json` needs `--verbose`; the last event is `result`, and its `is_error` is
 * the verdict (a refused login arrives as subtype "success" with `is_error`).
 * `acceptEdits` accepts edits and denies, unattended, whatever else would have to be asked.
 *
 * https://code.claude.com/docs/en/headless
 * https://code.claude.com/docs/en/permission-modes
 */
const claude: CommandRunnerDefinition = {
  kind: "command",
  description: "Claude Code, may edit files",
  argv: [
    "claude",
    "-p",
    "--output-format",
    "stream-json",
    "--verbose",
    "--permission-mode",
    "acceptEdits",
  ],
  prompt: "stdin",
  idleTimeout: agentIdleTimeout,
  // Its own login for unattended use and its choice of provider; the prefix is removed otherwise,
  // because a Claude Code that finds the variables of an outer one behaves as its child.
  passEnv: ["CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX"],
  success: {
    format: "jsonLines",
    finalEvent: { type: "result" },
    errorEvents: [
      { is_error: true },
      { subtype: "error_during_execution" },
      { subtype: "error_max_turns" },
      { subtype: "error_max_budget_usd" },
    ],
    answer: { path: "result" },
    errorMessage: "result",
  },
  writtenFor: "2.1",
};

/**
 * Codex. `exec` never asks; its sandbox confines writes to the workspace. A single `error` event is
 * no verdict (it also announces reconnects), `turn.failed` is. Outside a git repository it refuses
 * to run unless `--skip-git-repo-check` is added, which is left to the user.
 *
 * https://developers.openai.com/codex/noninteractive
 * https://github.com/openai/codex/blob/main/codex-rs/exec/src/cli.rs
 * https://github.com/openai/codex/blob/main/codex-rs/exec/src/exec_events.rs
 */
const codex: CommandRunnerDefinition = {
  kind: "command",
  description: "Codex, may edit files and run commands in its sandbox",
  argv: ["codex", "exec", "--json", "--sandbox", "workspace-write", "-"],
  prompt: "stdin",
  idleTimeout: agentIdleTimeout,
  success: {
    format: "jsonLines",
    finalEvent: { type: "turn.completed" },
    errorEvents: [{ type: "turn.failed" }],
    answer: { event: { type: "item.completed", "item.type": "agent_message" }, path: "item.text" },
    errorMessage: "error.message",
  },
  writtenFor: "0.169",
};

/**
 * Gemini CLI. Without a terminal it runs headless by itself; `auto_edit` accepts edits, other tools
 * that need consent are denied. The answer arrives in pieces, of which the last is kept.
 *
 * https://geminicli.com/docs/cli/headless/
 * https://github.com/google-gemini/gemini-cli/blob/main/packages/core/src/output/types.ts
 */
const gemini: CommandRunnerDefinition = {
  kind: "command",
  description: "Gemini CLI, may edit files",
  argv: ["gemini", "--output-format", "stream-json", "--approval-mode", "auto_edit"],
  prompt: "stdin",
  idleTimeout: agentIdleTimeout,
  success: {
    format: "jsonLines",
    finalEvent: { type: "result" },
    errorEvents: [{ status: "error" }],
    answer: { event: { type: "message", role: "assistant" }, path: "content" },
    errorMessage: "error.message",
  },
  writtenFor: "0.61",
};

/**
 * GitHub Copilot CLI. Piped input is the prompt as long as there is no `-p`. Only `write` is
 * allowed; `--no-ask-user` keeps it from waiting for answers, `--no-auto-update` from changing
 * under a plan. `result` comes last and carries the exit code.
 *
 * https://docs.github.com/en/copilot/reference/copilot-cli-reference/cli-programmatic-reference
 * https://docs.github.com/en/copilot/how-tos/copilot-cli/automate-copilot-cli/run-cli-programmatically
 */
const copilot: CommandRunnerDefinition = {
  kind: "command",
  description: "GitHub Copilot CLI, may edit files",
  argv: [
    "copilot",
    "--output-format",
    "json",
    "--no-ask-user",
    "--no-auto-update",
    "--allow-tool",
    "write",
  ],
  prompt: "stdin",
  idleTimeout: agentIdleTimeout,
  success: {
    format: "jsonLines",
    finalEvent: { type: "result", exitCode: 0 },
    errorEvents: [{ type: "session.error" }],
    answer: { event: { type: "assistant.message" }, path: "data.content" },
    errorMessage: "data.message",
  },
  writtenFor: "1.0.102",
};

/**
 * OpenCode. Unattended it rejects whatever its own configuration would ask for (`--auto` would
 * accept it). Each round trip ends with `step_finish`; only reason "stop" ends the work. It is known
 * to exit with 0 after errors: https://github.com/anomalyco/opencode/issues/27559
 *
 * https://opencode.ai/docs/cli/#run-1
 * https://github.com/anomalyco/opencode/blob/dev/packages/opencode/src/cli/cmd/run.ts
 */
const opencode: CommandRunnerDefinition = {
  kind: "command",
  description: "OpenCode, with the permissions of its own configuration",
  argv: ["opencode", "run", "--format", "json"],
  prompt: "stdin",
  idleTimeout: agentIdleTimeout,
  success: {
    format: "jsonLines",
    finalEvent: { type: "step_finish", "part.reason": "stop" },
    errorEvents: [{ type: "error" }],
    answer: { event: { type: "text" }, path: "part.text" },
    errorMessage: "error.data.message",
  },
  writtenFor: "1.18",
};

/** The runners that exist without any configuration. */
export const builtInRunners: Runners = new Map<string, RunnerDefinition>([
  ["shell", { kind: "shell", description: "Runs the phase's code blocks" }],
  ["manual", { kind: "manual", description: "Waits for a person to press Done or Failed" }],
  ["external", { kind: "external", description: "Waits for an outside workflow to report" }],
  ["claude", claude],
  ["codex", codex],
  ["gemini", gemini],
  ["copilot", copilot],
  ["opencode", opencode],
]);
