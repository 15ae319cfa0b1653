// Loads the extension's script once, in a process of its own, and activates it in an editor that does
// nothing. Prints the milliseconds of both, and the processor's for them together.
"use strict";
const { performance } = require("node:perf_hooks");
const { context } = require("../support/fakeEditor.cjs");

const used = process.cpuUsage();
const begun = performance.now();
const { activate } = require(process.argv[2]);
const loaded = performance.now();
activate(context);
const activated = performance.now();
const { user, system } = process.cpuUsage(used);
console.log(
  [loaded - begun, activated - loaded, (user + system) / 1000].map((ms) => ms.toFixed(1)).join(" "),
);
process.exit(0);
