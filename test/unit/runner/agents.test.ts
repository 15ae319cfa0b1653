import { strict as assert } from "node:assert";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Verdict } from "../../../src/core/protocol/attempts";
import type { CommandRunnerDefinition } from "../../../src/core/protocol/runners";
import { builtInRunners } from "../../../src/core/runner/presets";
import { Bench, sh } from "./harness";

type Events = readonly unknown[];

interface Agent {
  /** Prints what it does, an answer, and its final event. */
  readonly success: Events;
  /** Exits with 0 although its last words are an error. */
  readonly failure: Events;
  readonly failureSays: string;
  /** Ends as if all were well, but never answered. */
  readonly noAnswer: Events;
  /** Was cut off in the middle. */
  readonly cutOff: Events;
}

const session = "0199a213-81c0-7800-8aa1-bbab2a035a53";

/** Streams in the shape that each agent prints them, shortened. */
const agents: Record<string, Agent> = {
  claude: (() => {
    const init = { type: "system", subtype: "init", session_id: session, tools: ["Edit", "Read"] };
    const said = {
      type: "assistant",
      message: { role: "assistant", content: [{ type: "text", text: "Done." }] },
    };
    const result = {
      type: "result",
      subtype: "success",
      is_error: false,
      num_turns: 2,
      result: "Done.",
      permission_denials: [],
      session_id: session,
    };
    return {
      success: [init, said, result],
      failure: [
        init,
        // What a refused login looks like: subtype "success", and only the flag tells.
        { ...result, is_error: true, result: "Not logged in · Please run /login" },
      ],
      failureSays: "Not logged in · Please run /login",
      noAnswer: [init, { ...result, result: "" }],
      cutOff: [init, said],
    };
  })(),
  codex: (() => {
    const begin = [{ type: "thread.started", thread_id: session }, { type: "turn.started" }];
    const command = {
      type: "item.completed",
      item: { id: "item_1", type: "command_execution", command: "ls", exit_code: 1 },
    };
    const said = {
      type: "item.completed",
      item: { id: "item_2", type: "agent_message", text: "Done." },
    };
    const end = { type: "turn.completed", usage: { input_tokens: 1, output_tokens: 2 } };
    return {
      success: [...begin, { type: "error", message: "Reconnecting... 1/5" }, command, said, end],
      failure: [...begin, said, { type: "turn.failed", error: { message: "usage limit reached" } }],
      failureSays: "usage limit reached",
      noAnswer: [...begin, command, end],
      cutOff: [...begin, said],
    };
  })(),
  gemini: (() => {
    const init = { type: "init", session_id: session, model: "gemini-3-pro" };
    const asked = { type: "message", role: "user", content: "the prompt" };
    const said = { type: "message", role: "assistant", content: "Done.", delta: true };
    const tool = { type: "tool_result", tool_id: "t", status: "error", output: "denied" };
    const result = { type: "result", status: "success", stats: { total_tokens: 3 } };
    return {
      success: [init, asked, tool, said, result],
      failure: [
        init,
        asked,
        said,
        { ...result, status: "error", error: { type: "Error", message: "quota exceeded" } },
      ],
      failureSays: "quota exceeded",
      noAnswer: [init, asked, result],
      cutOff: [init, asked, said],
    };
  })(),
  copilot: (() => {
    const said = (content: string) => ({
      type: "assistant.message",
      data: { content, toolRequests: [], phase: "final_answer" },
    });
    const denied = {
      type: "tool.execution_complete",
      data: { toolCallId: "c", success: false, error: { code: "denied", message: "denied" } },
    };
    const result = { type: "result", sessionId: session, exitCode: 0, usage: {} };
    return {
      success: [{ type: "user.message", data: {} }, said(""), denied, said("Done."), result],
      failure: [
        { type: "session.error", data: { errorType: "query", message: "400 Unsupported value" } },
        { ...result, exitCode: 1 },
      ],
      failureSays: "400 Unsupported value",
      noAnswer: [said(""), result],
      cutOff: [said("Done.")],
    };
  })(),
  opencode: (() => {
    const event = (type: string, part: object) => ({
      type,
      timestamp: 1,
      sessionID: "ses_1",
      part,
    });
    const tool = event("tool_use", { type: "tool", tool: "edit", state: { status: "completed" } });
    const next = event("step_finish", { type: "step-finish", reason: "tool-calls" });
    const said = event("text", { type: "text", text: "Done." });
    const end = event("step_finish", { type: "step-finish", reason: "stop" });
    return {
      success: [event("step_start", {}), tool, next, said, end],
      failure: [
        said,
        end,
        {
          type: "error",
          sessionID: "ses_1",
          error: { name: "APIError", data: { message: "overloaded" } },
        },
      ],
      failureSays: "overloaded",
      noAnswer: [event("step_start", {}), end],
      cutOff: [tool, said, next],
    };
  })(),
};

for (const [name, agent] of Object.entries(agents)) {
  describe(`the preset ${name}`, () => {
    let bench: Bench;
    beforeEach(async () => {
      bench = await Bench.create("posix");
    });
    afterEach(() => bench.close());

    function definition(): CommandRunnerDefinition {
      const found = builtInRunners.get(name);
      assert.equal(found?.kind, "command");
      return found;
    }

    /** Runs the preset as it is, with a stand-in for the agent first in PATH. */
    async function run(
      events: Events,
      { code = 0, asks = false, verify = "true" } = {},
    ): Promise<Verdict & { folder: string }> {
      const bin = join(bench.root, "bin");
      mkdirSync(bin, { recursive: true });
      const program = join(bin, definition().argv[0] ?? "");
      copyFileSync("test/fixtures/runners/agent.sh", program);
      chmodSync(program, 0o700);
      const lines = ["a warning that is no event", ...events.map((event) => JSON.stringify(event))];
      writeFileSync(join(bin, "events"), `${lines.join("\n")}\n`);
      writeFileSync(join(bin, "code"), String(code));
      if (asks) {
        writeFileSync(join(bin, "asks"), "");
      }
      const environment = { ...process.env, PATH: `${bin}:${process.env["PATH"] ?? ""}` };
      const runner = bench.runner({ environment });
      const request = bench.request({
        runnerName: name,
        definition: definition(),
        title: "Ship it; touch pwned",
        instructions: "Do the work of $(this) phase.",
        planContext: "All about the plan.",
        externalDocs: ["docs/spec.md"],
        verify: [sh(verify)],
      });
      await bench.run(runner, request);
      return { ...(await runner.judge(request.folder)), folder: request.folder };
    }

    it("completes when the agent answered and said that it ended well", async () => {
      const { outcome, message, evidence, folder } = await run(agent.success);
      assert.deepEqual([outcome, message], ["completed", undefined]);
      assert.ok(evidence);
      const prompt = readFileSync(join(bench.root, "bin", "prompt"), "utf8");
      assert.equal(prompt, readFileSync(join(folder, "prompt.md"), "utf8"));
      for (const part of [
        "# Ship it; touch pwned",
        "## Instructions\n\nDo the work of $(this) phase.",
        "- docs/spec.md",
        "## Context of the plan\n\nAll about the plan.",
      ]) {
        assert.ok(prompt.includes(part), part);
      }
      // The prompt is nowhere on the command line.
      const given = readFileSync(join(bench.root, "bin", "arguments"), "utf8")
        .trim()
        .split("\n");
      assert.deepEqual(given, definition().argv.slice(1));
    });

    it("fails when the agent exits with 0 but reports an error", async () => {
      const { outcome, message, exitCode } = await run(agent.failure);
      assert.deepEqual([outcome, exitCode, message], ["exit", 0, agent.failureSays]);
    });

    it("fails when the agent gives no answer", async () => {
      const { outcome, message } = await run(agent.noAnswer);
      assert.deepEqual([outcome, message], ["exit", "the agent gave no answer"]);
    });

    it("fails when the final event is missing, whatever the verify blocks print", async () => {
      const echo = `cat <<'END'\n${agent.success.map((event) => JSON.stringify(event)).join("\n")}\nEND`;
      const { outcome, message } = await run(agent.cutOff, { verify: echo });
      assert.equal(outcome, "exit");
      assert.match(message ?? "", /^the agent ended without its final event /);
    });

    it("fails when the agent asks and finds no one to answer", async () => {
      const { outcome } = await run([], { asks: true });
      assert.equal(outcome, "exit");
    });

    it("names the agent's own error when it exits with another code", async () => {
      const { outcome, message, exitCode } = await run(agent.failure, { code: 1 });
      assert.deepEqual([outcome, exitCode], ["exit", 1]);
      assert.equal(message, `${name} exited with code 1: ${agent.failureSays}`);
    });

    it("fails as verify when the agent succeeded and a verify block did not", async () => {
      const { outcome } = await run(agent.success, { verify: "exit 3" });
      assert.equal(outcome, "verify");
    });

    it("has an idle time-out, a success rule and the version it was written for", () => {
      const { idleTimeout, success, writtenFor, prompt } = definition();
      assert.deepEqual([idleTimeout, prompt], [900, "stdin"]);
      assert.ok(success?.finalEvent && success.answer && success.errorEvents && writtenFor);
    });
  });
}
