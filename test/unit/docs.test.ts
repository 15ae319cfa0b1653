import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const pages = [
  ...readdirSync(".").filter((name) => name.endsWith(".md")),
  ...["docs", "media/walkthrough"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  ),
];

describe("the documentation", () => {
  for (const page of pages) {
    it(`${page} links only to what is there`, () => {
      const text = withoutCode(readFileSync(page, "utf8"));
      for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? page : join(dirname(page), path);
        if (/^[a-z]+:/.test(target)) {
          continue;
        }
        assert.ok(existsSync(file), target);
        if (anchor !== undefined && file.endsWith(".md")) {
          assert.ok(anchorsOf(readFileSync(file, "utf8")).includes(anchor), target);
        }
      }
    });
  }
});

/** Links in examples lead nowhere. */
function withoutCode(text: string): string {
  return text.replaceAll(/^(`{3,}).*?^\1$/gms, "").replaceAll(/(`+)[^\n]*?[^`]\1(?!`)/g, "");
}

/** What the headings of a page are called in links, as GitHub forms them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
}
