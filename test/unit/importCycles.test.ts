import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

describe("The imports of our sources", () => {
  for (const folder of ["src", "webview-ui"]) {
    it(`go round in no circle in ${folder}, types included`, () => {
      const graph = importsOf(resolve(folder));
      assert.ok(graph.size > 50, "there are files");
      assert.deepEqual(cyclesIn(graph), []);
    });
  }

  it("are searched by a search that finds circles of every length", () => {
    const graph = new Map([
      ["a", ["b", "d"]],
      ["b", ["c"]],
      ["c", ["a", "c"]],
      ["d", ["c"]],
    ]);
    assert.deepEqual(cyclesIn(graph), ["a → b → c → a", "c → c"]);
    assert.deepEqual(cyclesIn(new Map([["a", ["b"]]])), []);
  });
});

/** Each file below a folder, with the files of that folder that it imports, lazily or not. */
function importsOf(folder: string): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
  return new Map(
    files.sort().map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
      const imported = importedFiles
        .map(({ fileName }) => fileName)
        .filter((name) => name.startsWith("."))
        .flatMap((name) => [".ts", ".tsx"].map((end) => resolve(dirname(file), name) + end))
        .filter((path) => path.startsWith(folder) && existsSync(path));
      return [relative(folder, file), imported.map((path) => relative(folder, path))];
    }),
  );
}

/** The circles that a search from each file, in depth, comes back on: none only where there are none. */
function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    const begin = path.indexOf(file);
    if (begin !== -1) {
      cycles.push([...path.slice(begin), file].join(" → "));
    } else if (!done.has(file)) {
      for (const imported of graph.get(file) ?? []) {
        visit(imported, [...path, file]);
      }
      done.add(file);
    }
  };
  for (const file of graph.keys()) {
    visit(file, []);
  }
  return cycles;
}
