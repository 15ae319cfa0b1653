import assert from "node:assert/strict";
import { build, type Metafile } from "esbuild";

/** What is loaded with a file, as far as it is not left to an `import()` at run time. */
function loadedWith(entry: string, { inputs }: Metafile): Set<string> {
  const loaded = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (!loaded.has(file)) {
      loaded.add(file);
      const imports = inputs[file]?.imports ?? [];
      open.push(
        ...imports
          .filter(({ kind, external }) => kind !== "dynamic-import" && external !== true)
          .map(({ path }) => path),
      );
    }
  }
  return loaded;
}

describe("activation", () => {
  it("loads neither a package nor the engine before a queue needs them", async () => {
    const entry = "src/extension.ts";
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      external: ["vscode"],
      outdir: "dist",
    });
    const loaded = [...loadedWith(entry, metafile)];
    assert.ok(loaded.includes("src/vscode/queues/folderQueue.ts"));
    const heavy = /node_modules\/|core\/(api|queue|ownership)\/|core\/hopper|plan\/parsePlan/;
    assert.deepEqual(
      loaded.filter((file) => heavy.test(file)),
      [],
    );
  });
});
