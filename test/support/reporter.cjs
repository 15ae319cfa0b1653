"use strict";
const { reporters } = require("mocha");

/** Mocha's spec reporter, closed by the one line that continuous integration counts by. */
module.exports = class CountingReporter extends reporters.Spec {
  epilogue() {
    super.epilogue();
    const { passes = 0, failures = 0 } = this.stats;
    process.stdout.write(`${passes} passed, ${failures} failed\n`);
  }
};
