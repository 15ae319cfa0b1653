// Loads the extension's script once, in a process of its own, and activates it in an editor that does
// nothing. Prints the milliseconds of both, and the processor's for them together.
"use strict";
const Module = require("node:module");
const { performance } = require("node:perf_hooks");

/** Answers every use of it with itself: classes, functions, constants, empty lists. */
const editor = new Proxy(function () {}, {
  get: (_target, key) =>
    key === Symbol.toPrimitive
      ? () => ""
      : key === Symbol.iterator
        ? () => [][Symbol.iterator]()
        : key === "then" || key === "prototype"
          ? undefined
          : editor,
  set: () => true,
  apply: () => editor,
  construct: () => editor,
});
const load = Module._load;
// The bundle copies a module's own names; what a prototype answers is left to the prototype.
const vscode = Object.create(editor);
Module._load = (request, ...rest) => (request === "vscode" ? vscode : load(request, ...rest));

const used = process.cpuUsage();
const begun = performance.now();
const { activate } = require(process.argv[2]);
const loaded = performance.now();
activate({ subscriptions: [], extension: { packageJSON: {} }, extensionUri: {} });
const activated = performance.now();
const { user, system } = process.cpuUsage(used);
console.log(
  [loaded - begun, activated - loaded, (user + system) / 1000].map((ms) => ms.toFixed(1)).join(" "),
);
process.exit(0);
