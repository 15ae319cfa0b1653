// Runs regular expressions over long texts, in a thread that can be ended when one never comes back.
const { parentPort } = require("node:worker_threads");

parentPort.on("message", ({ source, flags, texts }) => {
  for (const text of texts) {
    const pattern = new RegExp(source, flags);
    pattern.test(text);
  }
  parentPort.postMessage("done");
});
