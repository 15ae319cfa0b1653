// Required before a program: says at its end, as the last line of its output, which files it loaded.
"use strict";
process.on("exit", () => console.log(JSON.stringify(Object.keys(require.cache))));
