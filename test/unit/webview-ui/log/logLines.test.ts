import assert from "node:assert/strict";
import { longestLine } from "../../../../webview-ui/log/lineBuffer";
import { keptLines, LogLines } from "../../../../webview-ui/log/logLines";
import type { LogStyle } from "../../../../webview-ui/log/logStyle";

const esc = "\u001b";

describe("The lines of a log", () => {
  it("are made of styled spans, merged where the style is the same", () => {
    assert.deepEqual(spans(`a${esc}[31mb${esc}[31mc${esc}[1;4md${esc}[0me`), [
      ["a", {}],
      ["bc", { foreground: { index: 1 } }],
      ["d", { foreground: { index: 1 }, bold: true, underline: true }],
      ["e", {}],
    ]);
  });

  it("know the colours of the table and true colours, in both spellings", () => {
    const red = { red: 255, green: 0, blue: 7 };
    const cases: [string, LogStyle][] = [
      ["94", { foreground: { index: 12 } }],
      ["103", { background: { index: 11 } }],
      ["38;5;208", { foreground: { index: 208 } }],
      ["48:5:208", { background: { index: 208 } }],
      ["38;2;255;0;7", { foreground: red }],
      ["38:2:255:0:7", { foreground: red }],
      ["38:2::255:0:7", { foreground: red }],
      ["38;2;255;0;7;1", { foreground: red, bold: true }],
      ["58;2;1;2;3;3", { italic: true }],
      ["58:5:1;3", { italic: true }],
      ["4:3", { underline: true }],
      ["38;5;300", {}],
      ["38", {}],
      ["38;5", { foreground: { index: 0 } }],
      ["?1", {}],
      [">4;1", {}],
    ];
    for (const [parameters, style] of cases) {
      assert.deepEqual(spans(`${esc}[${parameters}mx`), [["x", style]], parameters);
    }
  });

  it("end each style where the program ends it", () => {
    const ends: [string, string][] = [
      ["1", "22"],
      ["2", "22"],
      ["3", "23"],
      ["4", "24"],
      ["4", "4:0"],
      ["7", "27"],
      ["9", "29"],
      ["31", "39"],
      ["41", "49"],
      ["1;2;3;4;7;9;31;41", ""],
    ];
    for (const [start, end] of ends) {
      const result = spans(`a${esc}[${start}mb${esc}[${end}mc`);
      assert.deepEqual(result.length, 3, `${start} ${end}`);
      assert.deepEqual(text(`${esc}[${start}m${esc}[${end}ma\nb`), ["a", "b"]);
      assert.deepEqual(spans(`a${esc}[${start}m${esc}[${end}mb`), [["ab", {}]], `${start} ${end}`);
    }
  });

  it("are overwritten after a carriage return, as a progress bar does it", () => {
    assert.deepEqual(text("10%\r100%\r\ndone"), ["100%", "done"]);
    assert.deepEqual(text("abcdef\rxy"), ["xycdef"]);
    assert.deepEqual(text(`abcdef\r${esc}[Kxy`), ["xy"]);
    assert.deepEqual(text(`abc${esc}[2Kd`), ["   d"]);
    assert.deepEqual(text(`abc${esc}[1K`), ["   "]);
    assert.deepEqual(text(`abcdef${esc}[3Gxy`), ["abxyef"]);
    assert.deepEqual(text("abc\b\bX\b\b\b\b\bY"), ["YXc"]);
  });

  it("keep their tabs, also over what stands there", () => {
    assert.deepEqual(text("a\tb\t\tc"), ["a       b               c"]);
    assert.deepEqual(text("abcdefghij\r\tX"), ["abcdefghXj"]);
  });

  it("show no escape sequence and no bell, and make other control characters visible", () => {
    const dropped = [
      `${esc}]0;title\u0007`,
      `${esc}]8;;https://example.com${esc}\\`,
      `${esc}P1;2|data${esc}\\`,
      `${esc}(B`,
      `${esc}=`,
      `${esc}[?25l`,
      `${esc}[2J`,
      `${esc}[10;10H`,
      "\u009b31m\u009b0m",
      "\u009d0;title\u009c",
      "\u0000\u0007\u000e\u000f\u0085\u0090x\u009c",
      `${esc}[31${String.fromCharCode(0x18)}`,
    ];
    for (const sequence of dropped) {
      assert.deepEqual(text(`a${sequence}b`), ["ab"], JSON.stringify(sequence));
    }
    assert.deepEqual(text("a\u0001b\u0004"), ["a␁b␄"]);
    assert.deepEqual(text("safe\u202etxt.exe\u2028x"), ["safetxt.exe x"]);
  });

  it("are markup only to look at", () => {
    assert.deepEqual(text("<img src=x onerror=alert(1)>"), ["<img src=x onerror=alert(1)>"]);
  });

  it("lose at most one line to a sequence that never ends", () => {
    assert.deepEqual(text(`a${esc}]0;never ended\nb`), ["a", "b"]);
    assert.deepEqual(text(`a${esc}[38;5;\nb`), ["a", "b"]);
  });

  it("are the same wherever the output is split", () => {
    const output =
      `one ${esc}[1;38;2;1;2;3mtwo\r${esc}[Kthree${esc}]8;;x${esc}\\ö😀${esc}[0m\r\n` +
      `${esc}[38:5:99mtail\b${esc}(Bx\t\u009b4mend`;
    const chars = Array.from(output);
    const whole = new LogLines();
    whole.write(output);
    for (let at = 0; at <= chars.length; at++) {
      const split = new LogLines();
      split.write(chars.slice(0, at).join(""));
      split.lines();
      split.write(chars.slice(at).join(""));
      assert.deepEqual(split.lines(), whole.lines(), `split at ${at}`);
    }
  });

  it("are the last ones, each under the number it had from the start", () => {
    const log = new LogLines();
    for (let number = 0; number < 5 * keptLines; number++) {
      log.write(`${number}\n`);
    }
    const lines = log.lines();
    assert.equal(lines.length, keptLines);
    assert.equal(lines[0]?.id, 4 * keptLines);
    assert.equal(lines.at(-1)?.spans[0]?.text, String(5 * keptLines - 1));
    log.write("open");
    const more = log.lines();
    assert.equal(more.length, keptLines);
    assert.equal(more[0], lines[1]);
    assert.equal(more.at(-1)?.id, 5 * keptLines);
    assert.equal(log.lines().at(-1)?.id, 5 * keptLines);
  });

  it("are cut where they are too long, and say by how much", () => {
    const log = new LogLines();
    log.write(`${"x".repeat(longestLine + 345)}\nshort`);
    const [long, short] = log.lines();
    assert.equal(long?.spans[0]?.text.length, longestLine);
    assert.equal(long.leftOut, 345);
    assert.equal(short?.leftOut, 0);
    log.write(`\r${"y".repeat(longestLine + 1)}\rz${esc}[K`);
    assert.deepEqual([log.lines().at(-1)?.leftOut, log.lines().at(-1)?.spans[0]?.text], [0, "z"]);
  });

  it("take a cursor that is sent far away without making up blanks", () => {
    const log = new LogLines();
    log.write(`${esc}[999999999Gx\ta`);
    const line = log.lines()[0];
    assert.ok((line?.leftOut ?? 0) < 20);
    assert.ok((line?.spans.map((span) => span.text).join("") ?? "").length <= longestLine);
  });

  it("are interrupted by a notice, which ends the style and the sequence before it", () => {
    const log = new LogLines();
    log.write(`a${esc}[31mb${esc}[3`);
    log.notice("300 bytes are left out");
    log.write("1mc");
    assert.deepEqual(
      log.lines().map(({ kind, spans: [first, second] }) => [kind, first, second?.text]),
      [
        ["output", { text: "a", style: {} }, "b"],
        ["notice", { text: "300 bytes are left out", style: {} }, undefined],
        ["output", { text: "1mc", style: {} }, undefined],
      ],
    );
  });
});

function linesOf(output: string) {
  const log = new LogLines();
  log.write(output);
  return log.lines();
}

function text(output: string): string[] {
  return linesOf(output).map((line) => line.spans.map((span) => span.text).join(""));
}

/** The spans of the only line, flags that are off left out. */
function spans(output: string): [string, LogStyle][] {
  return (linesOf(output)[0]?.spans ?? []).map(({ text: shown, style }) => [
    shown,
    Object.fromEntries(
      Object.entries(style).filter(([, value]) => value !== false && value !== undefined),
    ),
  ]);
}
