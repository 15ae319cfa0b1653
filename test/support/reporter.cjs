"use strict";
const { relative } = require("node:path");
const { reporters } = require("mocha");

/**
 * Mocha's spec reporter, which then names what failed, a line each, and closes with the one line that
 * continuous integration counts by. `counts.ts` reads both.
 */
module.exports = class CountingReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes = 0, failures = 0 } = this.stats;
    for (const failed of this.failures) {
      const file = relative("", failed.file ?? failed.parent?.file ?? "");
      process.stdout.write(`failed in ${file}: ${failed.fullTitle().replace(/\s+/g, " ")}\n`);
    }
    process.stdout.write(`${passes} passed, ${failures} failed\n`);
  }
};
