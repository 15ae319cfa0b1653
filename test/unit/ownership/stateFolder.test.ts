import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  currentUser,
  openStateFolder,
  socketPath,
  stateFolderPath,
  type UserEnvironment,
} from "../../../src/core/ownership/stateFolder";
import { OwnershipFixture } from "./ownershipFixture";

const mode = (path: string): number => statSync(path).mode & 0o777;

describe("The state folder", () => {
  let fixture: OwnershipFixture;
  let user: UserEnvironment;

  beforeEach(() => {
    fixture = new OwnershipFixture();
    user = fixture.user;
  });

  afterEach(() => fixture.dispose());

  it("lies where each system keeps a program's state", () => {
    const base: UserEnvironment = { ...user, home: "/home/u", env: {} };
    for (const [change, path] of [
      [{ platform: "linux" }, "/home/u/.local/state/phase-hopper"],
      [{ platform: "linux", env: { XDG_STATE_HOME: "/s" } }, "/s/phase-hopper"],
      [{ platform: "linux", env: { XDG_STATE_HOME: "s" } }, "/home/u/.local/state/phase-hopper"],
      [{ platform: "linux", env: { XDG_STATE_HOME: "" } }, "/home/u/.local/state/phase-hopper"],
      [{ platform: "darwin" }, "/home/u/Library/Application Support/phase-hopper"],
      [{ platform: "win32", env: { LOCALAPPDATA: "C:\\L" } }, "C:\\L\\phase-hopper"],
      [{ platform: "win32", home: "C:\\u" }, "C:\\u\\AppData\\Local\\phase-hopper"],
    ] satisfies readonly (readonly [Partial<UserEnvironment>, string])[]) {
      assert.equal(stateFolderPath({ ...base, ...change }), path);
    }
    assert.equal(currentUser().platform, process.platform);
  });

  it("is open to its user only, whatever mode it was made with", () => {
    const { path, databases, locks, endpoints } = fixture.state;
    for (const folder of [path, databases, locks, endpoints]) {
      assert.equal(mode(folder), 0o700);
    }
    for (const loose of [0o777, 0o750, 0o701]) {
      chmodSync(path, loose);
      openStateFolder(user);
      assert.equal(mode(path), 0o700);
    }
  });

  it("is refused when it is somebody else's, or no folder", () => {
    const other = { ...user, uid: (user.uid ?? 0) + 1 };
    assert.throws(() => openStateFolder(other), {
      kind: "storage",
      message: /another user/,
    });
    const inFile = { ...user, env: { XDG_STATE_HOME: "/dev/null" } };
    assert.throws(() => openStateFolder(inFile), { kind: "storage" });
  });

  it("holds the sockets as long as their paths are short enough for the system", () => {
    assert.equal(socketPath(fixture.state, "a-b"), join(fixture.state.path, "a-b.sock"));
    const name = "n".repeat(103 - fixture.state.path.length - "/.sock".length);
    assert.equal(socketPath(fixture.state, name), join(fixture.state.path, `${name}.sock`));
    const windows = {
      ...fixture.state,
      user: { ...user, platform: "win32", name: "A B" } as const,
    };
    assert.equal(socketPath(windows, "a-b"), "\\\\.\\pipe\\phase-hopper-A%20B-a-b");
  });

  describe("for sockets whose path would be too long", () => {
    let short: string;

    const longState = () => openStateFolder({ ...user, home: join(fixture.root, "ü".repeat(60)) });

    beforeEach(() => {
      short = join(fixture.root, `phase-hopper-${user.name}`);
    });

    it("is a private folder below the temporary one", () => {
      assert.equal(socketPath(longState(), "a-b"), join(short, "a-b.sock"));
      assert.equal(mode(short), 0o700);
      assert.equal(socketPath(longState(), "a-b"), join(short, "a-b.sock"));
    });

    for (const [what, make] of [
      ["a link", (path: string) => symlinkSync(fixture.root, path)],
      ["a link to nowhere", (path: string) => symlinkSync("/nowhere/at/all", path)],
      ["open to others", (path: string) => mkdirSync(path, { mode: 0o755 })],
      ["a file", (path: string) => writeFileSync(path, "")],
    ] as const) {
      it(`is refused when somebody prepared it as ${what}`, () => {
        make(short);
        const before = lstatSync(short).mode;
        assert.throws(() => socketPath(longState(), "a-b"), {
          kind: "storage",
          message: /not a folder of this user with mode 0700; remove it/,
        });
        assert.equal(lstatSync(short).mode, before);
        rmSync(short, { recursive: true });
      });
    }

    it("is refused when it belongs to somebody else", () => {
      const state = longState();
      mkdirSync(short, { mode: 0o700 });
      const other = { ...state, user: { ...state.user, uid: (user.uid ?? 0) + 1 } };
      assert.throws(() => socketPath(other, "a-b"), { kind: "storage" });
    });

    it("is refused with a remedy when that path is too long as well", () => {
      const state = longState();
      const temporaryFolder = join(fixture.root, "x".repeat(90));
      const deep = { ...state, user: { ...state.user, temporaryFolder } };
      assert.throws(() => socketPath(deep, "a-b"), { kind: "storage", message: /XDG_STATE_HOME/ });
    });
  });

  it("needs no home where XDG_STATE_HOME names a folder, and says what to set where it does", () => {
    const homeless = { ...user, platform: "linux", home: "", env: {} } as const;
    assert.throws(() => stateFolderPath(homeless), {
      kind: "storage",
      message: /Set HOME, or XDG_STATE_HOME/,
    });
    const state = { ...homeless, env: { XDG_STATE_HOME: "/state" } };
    assert.equal(stateFolderPath(state), "/state/phase-hopper");
  });
});
