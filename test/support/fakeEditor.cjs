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
});
const load = Module._load;
// The bundle copies a module's own names; what a prototype answers is left to the prototype.
const vscode = Object.create(editor);
Module._load = (request, ...rest) => (request === "vscode" ? vscode : load(request, ...rest));

/** What an extension is activated with. */
exports.context = { subscriptions: [], extension: { packageJSON: {} }, extensionUri: {} };
