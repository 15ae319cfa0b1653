import assert from "node:assert/strict";
import { cardDocument } from "../../../../src/vscode/card/cardDocument";

const resources = {
  cspSource: "https://*.example.test",
  script: "https://a.example.test/main.js",
  style: "https://a.example.test/main.css",
};

describe("the card's page", () => {
  const nonceOf = (html: string): string => /script-src 'nonce-([^']+)'/.exec(html)?.[1] ?? "";

  it("may load and run nothing but what was built for it", () => {
    const html = cardDocument(resources);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    assert.equal(
      policy,
      "default-src 'none'; " +
        `script-src 'nonce-${nonceOf(html)}'; ` +
        "style-src https://*.example.test; font-src https://*.example.test; " +
        "base-uri 'none'; form-action 'none'",
    );
    const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    assert.deepEqual(scripts, [
      `<script nonce="${nonceOf(html)}" src="https://a.example.test/main.js">`,
    ]);
    assert.doesNotMatch(html, /unsafe|\son\w+=/);
  });

  it("has a nonce of at least 128 bits, another one each time", () => {
    const nonces = Array.from({ length: 100 }, () => nonceOf(cardDocument(resources)));
    assert.equal(new Set(nonces).size, 100);
    for (const nonce of nonces) {
      assert.ok(Buffer.from(nonce, "base64url").length >= 16, nonce);
    }
  });
});
