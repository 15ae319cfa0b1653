import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { l10nBundle, l10nTexts } from "../../support/l10nTexts";
import { untranslated, untranslatedIn } from "../../support/untranslated";
import { t, translateWith } from "../../../src/vscode/l10n";

describe("the texts of the extension", () => {
  it("are all in the bundle for translators, and nothing else is: `npm run l10n` writes it", () => {
    assert.ok(l10nTexts().length > 50);
    assert.equal(readFileSync("l10n/bundle.l10n.json", "utf8"), l10nBundle());
  });

  it("are translated wherever the editor shows them", () => {
    assert.deepEqual(untranslated(), []);
    const shown = (text: string): number => untranslatedIn("a.ts", text).length;
    assert.equal(shown('vscode.window.showErrorMessage("It failed.");'), 1);
    assert.equal(shown("const item = { label: `$(add) Add ${what}` };"), 1);
    assert.equal(
      shown('throw new HopperError("conflict", done ? "It runs." : t("It waits."));'),
      1,
    );
    assert.equal(shown('const item = { label: `$(add) ${t("Add")}`, id: "noWords" };'), 0);
  });

  it("are translated on the card, and in what the core refuses with", () => {
    const onCard = (text: string): number => untranslatedIn("a.tsx", text).length;
    assert.equal(onCard("const a = <p>Nothing here</p>;"), 1);
    assert.equal(onCard('const a = <button title="Retry" class="link">{t("Retry")}</button>;'), 1);
    assert.equal(onCard('const a = <p aria-label={`Plan ${1}`}>{isOpen ? "Hide" : 1}</p>;'), 2);
    assert.equal(onCard('const a = <p class="two words">{t("Nothing here")}</p>;'), 0);
    const inCore = (text: string): number => untranslatedIn("a.ts", text, "errors").length;
    assert.equal(inCore('throw new HopperError("usage", `There is no ${what}.`);'), 1);
    assert.equal(inCore('throw new HopperError("usage", words`There is no ${what}.`);'), 0);
  });

  it("have values put in where they stand, also twice, and nothing where there is none", () => {
    assert.equal(t("{0} of {1}, {0}", 1, "$&"), "1 of $&, 1");
    assert.equal(t("{2}", 1), "{2}");
  });

  it("come from the editor once it is there", () => {
    translateWith((message) => `<${message}>`);
    assert.equal(t("queued"), "<queued>");
    translateWith((message, ...inserts) =>
      message.replaceAll(/\{(\d+)\}/g, (hole, index) => String(inserts[Number(index)] ?? hole)),
    );
  });
});
