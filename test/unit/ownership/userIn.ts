import { currentUser, type UserEnvironment } from "../../../src/core/ownership/stateFolder";

/** The user who runs the tests, with a home in `root`. */
export function userIn(root: string): UserEnvironment {
  return { ...currentUser(), env: {}, home: `${root}/home`, temporaryFolder: root };
}
