import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
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
    assert.match((await call(0, "list")).stdout, /Plan 1 .* #1\b/);

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
    assert.match(linked.stderr, /Nobody is signed in to GitHub/);
    assert.equal(github.issues.length, 1);
    await call(0, "github", "sync");
    assert.equal(github.issues.length, 2);
    assert.equal(github.issue(1).body, "", "the text of a linked issue is not ours");
    assert.deepEqual(github.issue(1).subIssues, [github.issue(2).id]);
  });
});
