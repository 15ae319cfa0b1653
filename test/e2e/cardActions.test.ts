import { Card } from "../support/vscode/card";
import { patience, plan, Stage } from "./stage";

/** Each action of the card once, from a press on it to what the queue made of it. */
describe("the actions of the hopper card", function () {
  this.timeout(patience);

  let stage: Stage;
  let card: Card;

  const phase = (name: string): string => `.phase[aria-label^="${name}"]`;
  const becomes = (name: string, status: string): Promise<void> =>
    card.locator(`${phase(name)} .badge`, status).waitFor({ timeout: 60_000 });
  const press = (name: string): Promise<void> =>
    card.frame.getByRole("button", { name, exact: true }).click();
  const showTab = async (name: "inProgress" | "completed"): Promise<void> => {
    await card.locator(`#tab-${name}`).click();
    await card.locator(`#tab-${name}[aria-selected="true"]`).waitFor();
  };
  /** By the menu of a row, which a key opens. */
  const choose = async (name: string, action: string): Promise<void> => {
    await card.locator(phase(name)).focus();
    await stage.workbench.page.keyboard.press("Shift+F10");
    await card.frame.getByRole("menuitem", { name: action, exact: true }).click();
  };
  const confirm = (button: string): Promise<void> =>
    stage.workbench.page.locator(".monaco-dialog-box .monaco-button", { hasText: button }).click();

  before(async () => {
    stage = await Stage.open(
      {
        "work.md": plan("Work", [
          ["Wait", "until [ -e go ]; do sleep 0.1; done"],
          ["Next", "echo next"],
          ["Last", "echo last"],
        ]),
        "review.md": "# Review\n\n## Phase 1: Look\n\nRunner: manual\n\nLook at it with care.\n",
      },
      { settings: { "phaseHopper.autoStart": false } },
    );
    await stage.enqueue("work.md");
    card = await Card.open(stage.workbench);
    await card.clearNotifications();
  });
  after(() => stage.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) {
      await stage.workbench.screenshot(`failed ${this.currentTest.title}`);
    }
  });

  it("start a phase, cancel it, and retry it", async () => {
    await card.locator(phase("Phase 1 Wait")).hover();
    await press("Start: Phase 1 Wait");
    await becomes("Phase 1 Wait", "running");
    await card.locator(phase("Phase 1 Wait")).hover();
    await press("Cancel: Phase 1 Wait");
    await showTab("completed");
    await becomes("Phase 1 Wait", "failed");
    await card.locator(`${phase("Phase 1 Wait")} .phase-detail`, /cancelled/).waitFor();
    await card.locator(`${phase("Phase 1 Wait")} .word-button`, "Retry").click();
    await showTab("inProgress");
    await becomes("Phase 1 Wait", "running");
    stage.write("go");
    await becomes("Phase 2 Next", "ready");
  });

  it("show the log of an attempt", async () => {
    await showTab("completed");
    await choose("Phase 1 Wait", "Show Log");
    const terminal = stage.workbench.page.locator(".terminal-wrapper.active .xterm-rows");
    await terminal.getByText("completed (exit code 0").waitFor();
  });

  it("skip a phase, and hand its place to the next", async () => {
    await showTab("inProgress");
    await choose("Phase 2 Next", "Skip");
    await card.locator(`${phase("Phase 3 Last")}:focus`).waitFor();
    await showTab("completed");
    await becomes("Phase 2 Next", "skipped");
  });

  it("remove a phase, after a question", async () => {
    await showTab("inProgress");
    await choose("Phase 3 Last", "Remove");
    await confirm("Remove");
    await card.locator(".empty-title", "Queue Empty").waitFor();
  });

  it("clear what is completed", async () => {
    await press("Clear Completed");
    await card.locator(".empty-text", "Enqueue a plan").waitFor();
  });

  it("say that a person's phase failed, and why", async () => {
    await stage.enqueue("review.md");
    await choose("Phase 1 Look", "Start");
    await becomes("Phase 1 Look", "waiting for a person");
    await card.locator(`${phase("Phase 1 Look")} .word-button`, "Failed").click();
    await stage.workbench.page.getByText("Phase 1: Look: Failed").waitFor();
    await stage.workbench.quickInput.type("not well");
    await stage.workbench.quickInput.accept();
    await showTab("completed");
    await becomes("Phase 1 Look", "failed");
    await card.locator(`${phase("Phase 1 Look")} .phase-detail`, "not well").waitFor();
  });
});
