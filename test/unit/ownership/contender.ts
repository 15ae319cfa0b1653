/** A process of its own that tries to become a workspace's owner whenever it is told to. */
import { createInterface } from "node:readline";
import { systemClock } from "../../../src/core/base/clock";
import { errorMessage } from "../../../src/core/base/errors";
import { silentLogger } from "../../../src/core/base/log";
import { currentMachine } from "../../../src/core/ownership/machine";
import { type Ownership, takeOwnership } from "../../../src/core/ownership/ownership";
import { openStateFolder } from "../../../src/core/ownership/stateFolder";
import { userIn } from "./userIn";

const [root = "", hopperFolder = "", ...flags] = process.argv.slice(2);
const user = userIn(root);
let ownership: Ownership | undefined;

async function attempt(): Promise<string> {
  try {
    ownership = await takeOwnership({
      hopperFolder,
      program: "vscode",
      version: "1.2.3",
      takeOver: flags.includes("--take-over"),
      state: openStateFolder(user),
      machine: currentMachine(user),
      clock: systemClock,
      logger: silentLogger,
    });
    return `owner ${ownership.ownerId} ${ownership.previous.cleanStop ? "clean" : "unclean"}`;
  } catch (error) {
    return `refused ${errorMessage(error)}`;
  }
}

const input = createInterface({ input: process.stdin });
input.on("line", (line) => {
  if (line === "try") {
    void attempt().then((said) => console.log(said));
  } else {
    if (!flags.includes("--forget")) {
      ownership?.dispose();
    }
    // Nothing else keeps this process alive: it ends by itself if the lock does not hold it.
    input.close();
    process.stdin.unref();
  }
});
console.log("ready");
