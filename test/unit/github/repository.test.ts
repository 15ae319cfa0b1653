import assert from "node:assert/strict";
import {
  hostOfApi,
  isApiOf,
  issueUrl,
  parseApiUrl,
  parseRemote,
  parseRepository,
  publicApiUrl,
  refuseOtherHost,
} from "../../../src/core/github/repository";

describe("the repository of a Git remote", () => {
  const forms: readonly [address: string, found: string | undefined][] = [
    ["https://github.com/acme/rockets.git", "github.com acme rockets"],
    ["https://github.com/acme/rockets", "github.com acme rockets"],
    ["https://user:pass@github.com/acme/rockets/", "github.com acme rockets"],
    ["git@github.com:acme/rockets.git", "github.com acme rockets"],
    ["github.com:acme/rockets", "github.com acme rockets"],
    ["ssh://git@github.com/acme/rockets.git", "github.com acme rockets"],
    ["ssh://git@github.com:22/acme/rockets.git", "github.com acme rockets"],
    ["git://github.com/acme/rockets.git", "github.com acme rockets"],
    ["git+ssh://git@github.com/acme/rockets.git", "github.com acme rockets"],
    ["https://GitHub.com/acme/rock.ets.git", "github.com acme rock.ets"],
    ["https://git.example.com:8443/acme/rockets.git", "git.example.com:8443 acme rockets"],
    ["/srv/git/rockets.git", undefined],
    ["../rockets", undefined],
    ["file:///srv/acme/rockets.git", undefined],
    ["https://github.com/acme", undefined],
    [String.raw`C:\work\rockets`, undefined],
  ];
  for (const [address, found] of forms) {
    it(`${address}: ${found ?? "none"}`, () => {
      const repository = parseRemote(address);
      const words = repository && [repository.host, repository.owner, repository.name].join(" ");
      assert.equal(words, found);
    });
  }

  it("can be written as owner/name", () => {
    assert.deepEqual(parseRepository("acme/rockets", "github.com"), {
      host: "github.com",
      owner: "acme",
      name: "rockets",
    });
    assert.throws(() => parseRepository("rockets", "github.com"), /write it as owner\/name/);
  });

  it("is refused on another server than the sign-in is for", () => {
    const repository = parseRepository("https://git.example.com/acme/rockets", "github.com");
    assert.throws(
      () => refuseOtherHost(repository, "github.com", "a setting names the server."),
      /on git\.example\.com, and the sign-in is for github\.com: a setting names the server\./,
    );
    refuseOtherHost(repository, "git.example.com", "");
  });

  it("tells the API of a server from that of another one", () => {
    const api = parseApiUrl("https://git.example.com");
    assert.ok(isApiOf(api, "https://git.example.com/"));
    assert.ok(isApiOf("https://api.acme.ghe.com", "https://acme.ghe.com"));
    assert.ok(!isApiOf(api, "https://git.example.org"));
    assert.ok(!isApiOf(api, ""));
  });

  it("is on the server that the API is of", () => {
    assert.equal(parseApiUrl("https://github.com/"), publicApiUrl);
    assert.equal(parseApiUrl("https://git.example.com"), "https://git.example.com/api/v3");
    assert.equal(parseApiUrl("https://git.example.com/api/v3/"), "https://git.example.com/api/v3");
    assert.equal(hostOfApi("https://git.example.com/api/v3"), "git.example.com");
    assert.equal(hostOfApi(publicApiUrl), "github.com");
    assert.throws(() => parseApiUrl("http://git.example.com"), /https/);
    const repository = { owner: "acme", name: "rockets" };
    assert.equal(issueUrl(publicApiUrl, repository, 7), "https://github.com/acme/rockets/issues/7");
  });
});
