import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { MirrorBench } from "./support/mirrorBench";

/** What is on GitHub, as docs/github.md shows it: without the markers, which nobody sees there. */
function printed({ github }: MirrorBench): string {
  const texts = [
    ...github.issues.map(
      ({ number, title, state, body }) => `Issue #${number} (${state}): ${title}\n\n${body}`,
    ),
    ...github.comments.map(({ issue, body }) => `Comment on #${issue}\n\n${body}`),
  ];
  return texts
    .map((text) =>
      text.replaceAll(
        /<!-- phase-hopper:begin [^>]*-->\n|\s*<!-- (?!phase-hopper:begin)[^>]*-->/g,
        "",
      ),
    )
    .join("\n\n════════\n\n");
}

describe("the examples in docs/github.md", () => {
  let bench: MirrorBench;

  beforeEach(async () => {
    bench = await MirrorBench.open();
    bench.mirror(bench.enqueue(["Plan the launch", "Build the rocket", "Ship it"]));
    await bench.mirrored();
    bench.complete(1);
    await bench.mirrored();
  });
  afterEach(() => bench.end());

  const assertDocumented = (): void => {
    const page = readFileSync("docs/github.md", "utf8").replaceAll("\r\n", "\n");
    const text = printed(bench);
    if (!page.includes(text)) {
      assert.fail(`docs/github.md does not have:\n${text}`);
    }
  };

  it("show what a success of three phases leaves on GitHub", async () => {
    bench.complete(2, 95);
    await bench.mirrored();
    bench.complete(3, 4);
    await bench.mirrored();
    assertDocumented();
  });

  it("show what a failure leaves there", async () => {
    bench.fail(2, "exit code 2: tank.c:41: error: 'pressure' undeclared", 31);
    await bench.mirrored();
    assertDocumented();
  });
});
