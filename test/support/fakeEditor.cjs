// An editor that does nothing, for whoever loads the built extension in plain Node: `vscode` is this
// from here on.
"use strict";
const Module = require("node:module");

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
  // The real one has hundreds, and to copy them for each file takes longer than our own script.
  ownKeys: () => {
    throw new Error("The names of the editor are listed.");
  },
});
const load = Module._load;
Module._load = (request, ...rest) => (request === "vscode" ? editor : load(request, ...rest));

/** What an extension is activated with. */
exports.context = { subscriptions: [], extension: { packageJSON: {} }, extensionUri: {} };
