import assert from "node:assert/strict";
import {
  contrast,
  formatColor,
  parseColor,
  readableContrast,
  type Rgb,
} from "../../../../webview-ui/log/color";
import { readTheme, spanColors } from "../../../../webview-ui/log/logTheme";

const darkVariables: Readonly<Record<string, string>> = {
  "--vscode-editor-background": "#1f1f1f",
  "--vscode-terminal-foreground": " #cccccc",
  "--vscode-terminal-ansiRed": "#cd3131",
  "--vscode-terminal-ansiBrightRed": "rgb(241, 76, 76)",
};
const dark = readTheme((name) => darkVariables[name] ?? "");
const light = readTheme((name) => (name === "--vscode-editor-background" ? "#fff" : ""));

describe("The colours of a log", () => {
  it("are read in the forms in which style sheets give them", () => {
    assert.deepEqual(parseColor("#abc"), rgb(0xaa, 0xbb, 0xcc));
    assert.deepEqual(parseColor(" #A0b0C0ff "), rgb(0xa0, 0xb0, 0xc0));
    assert.deepEqual(parseColor("rgb(1, 2, 3)"), rgb(1, 2, 3));
    assert.deepEqual(parseColor("rgba(1, 2, 3, 0.5)"), rgb(1, 2, 3));
    for (const text of ["", "red", "#12", "#12345", "rgb(1)", "rgb(300, 0, 0)", "url(x)"]) {
      assert.equal(parseColor(text), undefined, text);
    }
  });

  it("leave plain text to the log", () => {
    assert.deepEqual(spanColors({ bold: true, italic: true }, dark), {});
  });

  it("come from the theme, and from the table of 256", () => {
    const shown = (index: number): string | undefined =>
      spanColors({ background: { index } }, dark).backgroundColor;
    assert.equal(shown(1), "rgb(205, 49, 49)");
    assert.equal(shown(2), "rgb(13, 188, 121)");
    assert.equal(shown(16), "rgb(0, 0, 0)");
    assert.equal(shown(208), "rgb(255, 135, 0)");
    assert.equal(shown(231), "rgb(255, 255, 255)");
    assert.equal(shown(232), "rgb(8, 8, 8)");
    assert.equal(shown(255), "rgb(238, 238, 238)");
  });

  it("are bright where the text is bold, as in the terminal", () => {
    const style = { foreground: { index: 1 }, bold: true };
    assert.deepEqual(spanColors(style, dark), { color: "rgb(241, 76, 76)" });
  });

  it("change places for inverse text, also where one of them is the theme's", () => {
    assert.deepEqual(spanColors({ inverse: true }, dark), {
      color: formatColor(dark.background),
      backgroundColor: formatColor(dark.foreground),
    });
    const both = { inverse: true, foreground: { index: 231 }, background: { index: 16 } };
    assert.deepEqual(spanColors(both, dark), {
      color: "rgb(0, 0, 0)",
      backgroundColor: "rgb(255, 255, 255)",
    });
  });

  it("can be read whatever a program chooses, on a dark and on a light background", () => {
    for (const theme of [dark, light]) {
      for (let index = 0; index < 256; index++) {
        for (const style of [{}, { dim: true }, { inverse: true }, { background: { index: 3 } }]) {
          const { color, backgroundColor } = spanColors({ foreground: { index }, ...style }, theme);
          const behind = parseColor(backgroundColor ?? "") ?? theme.background;
          const front = parseColor(color ?? "") ?? theme.foreground;
          assert.ok(
            contrast(front, behind) >= readableContrast,
            `${index} ${JSON.stringify(style)}`,
          );
        }
      }
    }
  });

  it("stay as they are where they can be read", () => {
    const style = { foreground: rgb(120, 200, 90) };
    assert.deepEqual(spanColors(style, dark), { color: "rgb(120, 200, 90)" });
  });
});

function rgb(red: number, green: number, blue: number): Rgb {
  return { red, green, blue };
}
