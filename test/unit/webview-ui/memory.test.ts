import assert from "node:assert/strict";
import { Memory } from "../../../webview-ui/memory";

describe("the card's memory", () => {
  it("begins blank where nothing, or something unknown, was kept", () => {
    for (const kept of [undefined, null, { tab: "everything" }]) {
      const memory = new Memory({ getState: () => kept, setState: () => undefined });
      assert.equal(memory.value.tab, "inProgress");
    }
  });

  it("keeps a change with all that was kept before", () => {
    let kept: unknown;
    const api = { getState: () => kept, setState: (state: unknown) => (kept = state) };
    new Memory(api).keep({ tab: "timeline", folder: "file:///a" });
    new Memory(api).keep({ expanded: ["q1"] });
    assert.deepEqual(new Memory(api).value, {
      folder: "file:///a",
      tab: "timeline",
      expanded: ["q1"],
      collapsed: [],
      place: { row: "", offset: 0 },
    });
  });
});
