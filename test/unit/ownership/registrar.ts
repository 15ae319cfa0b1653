/** A process of its own that lists 50 databases, and one more that others list at the same time. */
import { identifyFolder } from "../../../src/core/ownership/folderIdentity";
import { KnownDatabases } from "../../../src/core/ownership/knownDatabases";
import { openStateFolder } from "../../../src/core/ownership/stateFolder";
import { userIn } from "./userIn";

const [root = "", workspace = "", digit = "", shared = ""] = process.argv.slice(2);
const known = new KnownDatabases(openStateFolder(userIn(root)));
const folder = identifyFolder(workspace);
for (let index = 0; index < 50; index++) {
  known.register(`${digit.repeat(8)}-0000-4000-8000-${String(index).padStart(12, "0")}`, folder);
  known.register(shared, folder);
}
