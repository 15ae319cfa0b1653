import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { systemClock } from "../../../src/core/base/clock";
import { FakeGitHub } from "../../support/github/fakeGitHub";
import { type GitHubServer, serveGitHub } from "../../support/github/gitHubServer";
import { planText, useWorkspace } from "../../support/workspace";
import { assertNoneWrong, countThings } from "../../unit/github/support/count";
import { figure, rounds } from "../support/extent";

/** Each kill uses up some requests, and a plan has so many of them. */
const phases = rounds({ whole: 10, part: 4 });
const wanted = rounds({ whole: 20, part: 3 });

describe("a command line that is killed while it writes to GitHub", () => {
  const workspace = useWorkspace();
  let github: FakeGitHub;
  let server: GitHubServer;

  beforeEach(async () => {
    github = new FakeGitHub(systemClock);
    server = await serveGitHub(github);
    execFileSync("git", ["init", "--quiet", workspace().path]);
    const remote = `http://${new URL(server.url).host}/acme/rockets.git`;
    execFileSync("git", ["-C", workspace().path, "remote", "add", "origin", remote]);
  });
  afterEach(() => server.close());

  it(`has written each thing once, killed at ${wanted} requests`, async function () {
    this.timeout(1_200_000);
    const environment = { GITHUB_TOKEN: "token-of-robin", GITHUB_API_URL: server.url };
    github.addIssue("Parent");
    const plan = Array.from({ length: phases }, () => ({ sh: "true" }));
    workspace().write("plan.md", planText("Launch", plan));
    await workspace().expect(0, ["enqueue", "plan.md", "--yes"]);
    const linking = ["github", "link", "1", "1", "--issues", "enqueue", "--comments", "each"];
    // Without a sign-in everything is noted, and nothing is written.
    await workspace().expect(0, linking, { environment: { GITHUB_API_URL: server.url } });
    await workspace().expect(0, ["run"], { environment: { GITHUB_API_URL: server.url } });
    let kills = 0;
    while (kills < wanted && (await isKilled(environment, 1 + (kills % 4)))) {
      kills++;
    }
    await workspace().expect(0, ["github", "sync"], { environment });
    const count = countThings(github, phases);
    figure(
      "H1 GitHub, SIGKILL",
      `${kills} kills of the command line over a socket: ${count.things} things, ` +
        `${count.duplicates} duplicates, ${count.missing} missing`,
    );
    assert.equal(kills, wanted);
    assertNoneWrong(count);
    assert.deepEqual(github.violations, []);
  });

  /** Writes until a request has been done whose answer the killed program never gets. */
  async function isKilled(
    environment: Readonly<Record<string, string>>,
    request: number,
  ): Promise<boolean> {
    const call = workspace().start(["github", "sync"], { environment });
    let left = request;
    github.fault = ({ target }) => {
      left -= target === "/user" ? 0 : 1;
      if (left > 0) {
        return undefined;
      }
      call.child.kill("SIGKILL");
      return { done: true, answer: "silent" };
    };
    const { signal } = await call.ended;
    github.fault = () => undefined;
    return signal === "SIGKILL";
  }
});
