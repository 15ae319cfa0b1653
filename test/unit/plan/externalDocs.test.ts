import assert from "node:assert/strict";
import { parse, parseBody } from "./planFixture";

const docs = (body: string) => parseBody(`\n${body}\n`).externalDocs;

describe("an external document", () => {
  for (const [text, paths] of [
    ["see docs/a.md", ["docs/a.md"]],
    ["See a.md.", ["a.md"]],
    ["SEE ALSO THE docs/A.MD!", ["docs/A.MD"]],
    ["refer to docs/a.md", ["docs/a.md"]],
    ["refer\nto the docs/a.md", ["docs/a.md"]],
    ["reference docs/a.md", ["docs/a.md"]],
    ["as referenced in docs/a.md", ["docs/a.md"]],
    ["as mentioned in docs/a.md", ["docs/a.md"]],
    ["check docs/a.md", ["docs/a.md"]],
    ["Taken from docs/a.md", ["docs/a.md"]],
    ["(see docs/a.md)", ["docs/a.md"]],
    ["see\ndocs/a.md", ["docs/a.md"]],
    ["**See**: docs/a.md", ["docs/a.md"]],
    ["**See:** docs/a.md", ["docs/a.md"]],
    ["see also: docs/a.md", ["docs/a.md"]],
    ["see **docs/a.md** now", ["docs/a.md"]],
    ["see `docs/a.md`", ["docs/a.md"]],
    ["see ``docs/a b.md``", ["docs/a b.md"]],
    ['see "docs/a b.md"', ["docs/a b.md"]],
    ["see 'docs/a.md'", ["docs/a.md"]],
    ['see "docs/see b.md"', ["docs/see b.md"]],
    ["see “docs/a.md”", ["docs/a.md"]],
    ["see docs/a.md's end", ["docs/a.md"]],
    ["see [the guide](docs/a.md)", ["docs/a.md"]],
    ["see [`the [guide]`](docs/a.md)", ["docs/a.md"]],
    ['see [the guide](docs/a.md "A title") and b.md', ["docs/a.md", "b.md"]],
    ["see [the guide](<docs/a b.md>)", ["docs/a b.md"]],
    ["see [the guide](docs/a%20b.md)", ["docs/a b.md"]],
    ["see [the guide](docs/100%.md)", ["docs/100%.md"]],
    ["see [the guide][g]\n\n[G]: docs/a%20b.md", ["docs/a b.md"]],
    ["see [g][] or [g]\n\n[g]: docs/a.md", ["docs/a.md"]],
    ["see [g]\n\n[g]: docs/a.md", ["docs/a.md"]],
    ["see docs/a.md#part", ["docs/a.md"]],
    ["see [the guide](docs/a.md#part)", ["docs/a.md"]],
    ["see ../a.md and C:\\docs\\b.md", ["../a.md", "C:\\docs\\b.md"]],
    ["see a.md, b.md and the c.md", ["a.md", "b.md", "c.md"]],
    ["see a.md, and also `b.md`,[c](c.md)", ["a.md", "b.md", "c.md"]],
    ["see b.md and a.md; later see a.md and c.md", ["b.md", "a.md", "c.md"]],
    ["see a.md and check b.md", ["a.md", "b.md"]],
    ["see see a.md", ["a.md"]],
    ["- [ ] T1 from `a.md`\n- [ ] T2 check b.md", ["a.md", "b.md"]],
    ["> see a.md", ["a.md"]],
    ["### More: see a.md", ["a.md"]],
  ] as const) {
    it(`is found in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(docs(text), paths);
    });
  }

  for (const text of [
    "test.md",
    "Write docs/a.md",
    "oversee docs/a.md",
    "seen docs/a.md",
    "refers to docs/a.md",
    "see section 3 of docs/a.md",
    "seedocs/a.md",
    "see docs/a.txt",
    "see docs/a.mdx",
    "see .md",
    "see docs/.md",
    "see docs/*.md",
    "see https://example.com/a.md",
    "see [it](https://example.com/a.md)",
    "see //example.com/a.md",
    "see `docs/a.md",
    "see [it](docs/a.md",
    "see [it] (docs/a.md)",
    "see [nothing][like this]",
    "see a.txt, docs/a.md",
    "see\n\ndocs/a.md",
    "```\nsee docs/a.md\n```",
    "```sh verify\ncat see docs/a.md\n```",
    "    see docs/a.md",
    "<!-- see docs/a.md -->",
  ]) {
    it(`is none in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(docs(text), []);
    });
  }

  it("is looked for in the phase alone", () => {
    const text =
      "# See x.md\n\nsee y.md\n\n## Phase 1: see z.md\n\nsee a.md\n\n## Notes\n\nsee b.md\n";
    assert.deepEqual(
      parse(text).phases.map(({ externalDocs }) => externalDocs),
      [["a.md"]],
    );
  });

  it("is asked for once in a plan, and missed in each phase that names it", () => {
    const asked: string[] = [];
    const documentExists = (path: string) => {
      asked.push(path);
      return path === "b.md";
    };
    const phase = (number: number) => `## Phase ${number}: X\n\nDo it;\nsee a.md,\nb.md, a.md.\n\n`;
    const { problems } = parse(phase(1) + phase(2), { documentExists });
    assert.deepEqual(asked, ["a.md", "b.md"]);
    assert.deepEqual(
      problems.map(({ code, startLine }) => [code, startLine]),
      [
        ["document-not-found", 3],
        ["document-not-found", 9],
      ],
    );
  });
});
