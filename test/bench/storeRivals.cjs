// Durable updates of one row by native SQLite, for comparison: run by a Node that has node:sqlite, in a
// folder where better-sqlite3 is installed. Prints a line of JSON: the median milliseconds by program.
//
// usage: node storeRivals.cjs INSTALLATION FOLDER ROWS UPDATES
"use strict";
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { performance } = require("node:perf_hooks");

const [installation, folder, rows, updates] = process.argv.slice(2);
const Database = createRequire(join(installation, "package.json"))("better-sqlite3");
const { DatabaseSync } = require("node:sqlite");

const open = {
  "better-sqlite3": () => new Database(join(folder, `better-${rows}.db`)),
  "node:sqlite": () => new DatabaseSync(join(folder, `node-${rows}.db`)),
};

const medians = {};
for (const [name, opened] of Object.entries(open)) {
  const database = opened();
  // Each commit is on disk when it returns, as ours are.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    "CREATE TABLE phases (id TEXT PRIMARY KEY, status TEXT, message TEXT, updated_at TEXT, data TEXT) STRICT",
  );
  const insert = database.prepare("INSERT INTO phases VALUES (?, 'ready', NULL, '', ?)");
  database.exec("BEGIN");
  for (let row = 0; row < Number(rows); row++) {
    insert.run(String(row), "x".repeat(2000));
  }
  database.exec("COMMIT");
  const update = database.prepare("UPDATE phases SET message = ?, updated_at = ? WHERE id = ?");
  const times = [];
  for (let count = 0; count < Number(updates); count++) {
    const start = performance.now();
    update.run(`message ${count}`, new Date().toISOString(), String((count * 7) % Number(rows)));
    times.push(performance.now() - start);
  }
  database.close();
  medians[name] = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}
console.log(JSON.stringify(medians));
