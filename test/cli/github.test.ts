import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, rmSync } from "node:fs";
import { systemClock } from "../../src/core/base/clock";
import { FakeGitHub } from "../support/github/fakeGitHub";
import { type GitHubServer, serveGitHub } from "../support/github/gitHubServer";
import { planText, useWorkspace } from "../support/workspace";

describe("mirroring a plan from the command line", () => {
  const workspace = useWorkspace();
  let github: FakeGitHub;
  let server: GitHubServer;

  beforeEach(async () => {
    github = new FakeGitHub(systemClock);
    server = await serveGitHub(github);
    execFileSync("git", ["init", "--quiet", workspace().path]);
    const remote = `http://${new URL(server.url).host}/acme/rockets.git`;
    execFileSync("git", ["-C", workspace().path, "remote", "add", "origin", remote]);
    workspace().write("plan.md", planText("Launch", [{ sh: "true" }, { sh: "exit 3" }]));
  });
  afterEach(async () => {
    await server.close();
    assert.deepEqual(github.violations, []);
  });

  const call = (code: number, ...args: readonly string[]) =>
    workspace().expect(code, args, {
      environment: { GITHUB_TOKEN: "token-of-robin", GITHUB_API_URL: server.url },
    });

  it("creates issues only when asked to, and tells there how the plan goes", async () => {
    await call(0, "enqueue", "plan.md", "--yes");
    const preview = await call(0, "github", "preview", "1");
    assert.match(preview.stdout, /^Would be written to acme\/rockets:/);
    assert.match(preview.stdout, /── Issue: Phase 1 of 2[^]*Later, when they are ready: Phase 2\./);
    assert.deepEqual(github.log, [], "nothing was asked yet");

    const created = await call(0, "github", "create", "1");
    assert.match(created.stdout, /^Plan 1 is mirrored to acme\/rockets\. http.*\/issues\/1$/m);
    assert.equal(github.issues.length, 2);
    await call(1, "run", "plan.md", "--yes");
    assert.match(github.commentsOn(1)[0]?.body ?? "", /failed in .* \(exit\)\./);
    assert.deepEqual(
      github.issues.map(({ state }) => state),
      ["open", "closed", "open"],
    );
    const show = await call(0, "show", "1.2");
    assert.match(show.stdout, /issue +#3 {2}http.*\/acme\/rockets\/issues\/3/);
    const list = await call(0, "list");
    assert.match(list.stdout, /Plan 1 .* #1\n {2}http.*\/acme\/rockets\/issues\/1\n/);
    const written = await call(0, "github", "status");
    assert.match(written.stdout, /acme\/rockets.*\n {2}4 of 4 things written, 0 to be written\n/);
    const again = await call(0, "github", "preview", "1", "--repo", "other/repo");
    assert.match(again.stdout, /^Would be written to acme\/rockets, below #1:/);

    await call(0, "github", "stop", "1");
    await call(0, "skip", "1.2");
    await call(0, "github", "sync");
    assert.equal(github.issue(3).state, "open", "nothing is written any more");
  });

  it("keeps what is to be written while there is no token, and links an issue", async () => {
    github.addIssue("Our epic");
    await call(0, "enqueue", "plan.md", "--yes");
    const linked = await workspace().expect(0, ["github", "link", "1", "1"], {
      environment: { GITHUB_API_URL: server.url },
    });
    assert.match(linked.stderr, /Nobody is signed in to GitHub\. Set GITHUB_TOKEN to a token/);
    assert.equal(github.issues.length, 1);
    await call(0, "github", "sync");
    assert.equal(github.issues.length, 2);
    assert.equal(github.issue(1).body, "", "the text of a linked issue is not ours");
    assert.deepEqual(github.issue(1).subIssues, [github.issue(2).id]);
  });

  it("says what GitHub has not, and links the right issue after a wrong one", async () => {
    github.addIssue("Our epic");
    await call(0, "enqueue", "plan.md", "--yes");
    const wrong = await call(0, "github", "link", "1", "999");
    assert.match(wrong.stderr, /There is no issue #999: link the plan to another one/);
    const status = await call(0, "github", "status", "1");
    assert.match(status.stdout, /failed {2}#999 {2}There is no issue #999/);
    assert.deepEqual(github.writes, []);
    await call(0, "github", "link", "1", "1");
    assert.deepEqual(github.issue(1).subIssues, [github.issue(2).id]);
  });

  it("writes nothing for a queue that was copied, or made by somebody else", async () => {
    github.addIssue("Somebody's issue");
    await call(0, "enqueue", "plan.md", "--yes");
    await workspace().expect(0, ["github", "link", "1", "1"], {
      environment: { GITHUB_API_URL: server.url },
    });
    const copy = workspace().outside("copy");
    cpSync(workspace().path, copy, { recursive: true });
    const environment = { GITHUB_TOKEN: "token-of-robin", GITHUB_API_URL: server.url };
    const resumed = await workspace().expect(0, ["resume"], { folder: copy, environment });
    assert.match(resumed.stderr, /1 plan is no longer mirrored to GitHub/);
    await workspace().expect(1, ["run"], { folder: copy, environment });
    rmSync(workspace().outside("state"), { recursive: true });
    const adopted = await workspace().expect(1, ["run", "--adopt"], { environment });
    assert.match(adopted.stderr, /1 plan is no longer mirrored to GitHub/);
    assert.deepEqual(github.log, []);
  });
});
