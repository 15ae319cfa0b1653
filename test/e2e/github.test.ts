import assert from "node:assert/strict";
import { systemClock } from "../../src/core/base/clock";
import { eventually } from "../support/eventually";
import { FakeGitHub } from "../support/github/fakeGitHub";
import { type GitHubServer, serveGitHub } from "../support/github/gitHubServer";
import { type BuiltExtension, buildSignIn } from "../support/vscode/signIn/signIn";
import { patience, Stage } from "./stage";

const launch = `# Launch

## Phase 1: Look

Runner: manual

Look at it with care, @octocat.

## Phase 2: Build

\`\`\`sh
echo built >> built.txt
\`\`\`
`;

describe("a plan on GitHub, from the workbench", function () {
  this.timeout(patience);

  let github: FakeGitHub;
  let server: GitHubServer;
  let signIn: BuiltExtension;
  let stage: Stage;

  before(async () => {
    github = new FakeGitHub(systemClock);
    server = await serveGitHub(github);
    signIn = await buildSignIn();
    stage = await Stage.open(
      { "launch.md": launch },
      {
        without: ["github-authentication"],
        others: { "sign-in": signIn.folder },
        settings: {
          "phaseHopper.github.apiUrl": server.url,
          "phaseHopper.github.repository": "acme/rockets",
        },
      },
    );
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  after(async () => {
    await stage.close();
    await server.close();
    signIn.remove();
  });

  it("hears nothing of it before somebody asks for that", async () => {
    await stage.enqueue("launch.md");
    await stage.status("Phase 1: Look", "waiting for a person");
    await stage.workbench.tree.chooseFromSubmenu("Launch", "GitHub", "Preview GitHub Issues");
    await stage.workbench.page.getByText("Nothing was written.").first().waitFor();
    await stage.workbench.screenshot("github preview");
    assert.deepEqual(github.log, []);
  });

  it("is refused with a remedy while VS Code does not know the server to sign in to", async () => {
    const { tree, notifications } = stage.workbench;
    await tree.chooseFromSubmenu("Launch", "GitHub", "Create GitHub Issues for Plan");
    await notifications
      .notification(`set github-enterprise.uri to ${server.url}, and try again`)
      .waitFor();
    assert.deepEqual(github.log, []);
    stage.server.changeSettings({ "github-enterprise.uri": server.url });
    await stage.workbench.reloadPage();
    await tree.openContainer("Phase Hopper");
    await stage.status("Phase 1: Look", "waiting for a person");
  });

  it("has issues once its user agreed to sign in", async () => {
    const { tree, notifications, page } = stage.workbench;
    const question = page.locator(".monaco-dialog-box", { hasText: "wants to sign in" });
    // A window that was just loaded again may not have its settings yet, and refuses as before.
    for (let asked = 0; asked < 5 && !(await question.isVisible()); asked += 1) {
      await tree.chooseFromSubmenu("Launch", "GitHub", "Create GitHub Issues for Plan");
      await question.waitFor({ timeout: 5000 }).catch(() => undefined);
    }
    assert.deepEqual(github.writes, []);
    await notifications.pressInDialog("Allow");
    await eventually("plan and first phase have issues", () => github.issues.length === 2);
    await stage.row("#2").waitFor();
    await stage.workbench.screenshot("github issues");
    assert.match(github.issue(1).body, /Phase 1: Look/);
    assert.doesNotMatch(github.issue(2).body, /(^|[^\w`])@octocat/, "nobody is mentioned");
    await eventually("it is a sub-issue of the plan's", () =>
      github.issue(1).subIssues.includes(github.issue(2).id),
    );
  });

  it("leads to its issues", async () => {
    const { tree, page } = stage.workbench;
    // The editor asks before it opens any address but one of this machine, as here.
    const leadsTo = async (issue: number, press: () => Promise<void>): Promise<void> => {
      const opened = page.waitForEvent("popup");
      await press();
      const popup = await opened;
      await popup.waitForURL(`**/acme/rockets/issues/${issue}`, { waitUntil: "commit" });
      await popup.close();
    };
    await leadsTo(2, () => tree.chooseFromSubmenu("1: Look", "GitHub", "Open Issue"));
    await tree.pressInlineAction("1: Look", "Go to Phase");
    const lens = (text: string) => page.locator(".codelens-decoration a", { hasText: text });
    await leadsTo(2, () => lens("#2").first().click());
    await leadsTo(1, () => lens("#1").first().click());
    await stage.workbench.screenshot("github lenses");
  });

  it("is told there as it goes on, to its end", async () => {
    const { tree, quickInput, page } = stage.workbench;
    await tree.pressUntil("1: Look", "Done", page.getByText("Phase 1: Look: Done"));
    await quickInput.accept();
    await stage.status("Phase 2: Build", "completed");
    await eventually("both issues are closed, and the parent says so", () => {
      const said = github.commentsOn(1).map(({ body }) => body);
      return (
        github.issues.length === 3 &&
        github.issue(2).state === "closed" &&
        github.issue(3).state === "closed" &&
        said.some((body) => body.includes("All phases complete!"))
      );
    });
    await stage.workbench.screenshot("github completed");
    assert.equal(github.commentsOn(1).length, 1, "one comment, edited in place");
    assert.deepEqual(github.violations, []);
  });

  it("is synced, no longer mirrored, and the next one linked, from the palette", async () => {
    const { quickInput, page } = stage.workbench;
    const said = page.locator(".part.statusbar");
    await quickInput.runCommand("Phase Hopper: Sync with GitHub Now");
    await said.getByText("GitHub has everything.").waitFor();
    await quickInput.runCommand("Phase Hopper: Stop Mirroring to GitHub");
    await said.getByText("is not mirrored any more").waitFor();
    await quickInput.runCommand("Phase Hopper: Clear Completed");
    stage.write("linked.md", "# Linked\n\n## Phase 1: Wait\n\nRunner: manual\n\nWait with care.\n");
    await stage.enqueue("linked.md");
    const { number } = github.addIssue("An epic");
    await quickInput.runCommand("Phase Hopper: Link Parent Issue");
    await quickInput.type(String(number));
    await quickInput.accept();
    await eventually(
      "its phase is below that issue",
      () => github.issue(number).subIssues.length === 1,
    );
    assert.equal(github.issue(number).body, "", "the text of a linked issue is left as it is");
  });
});
