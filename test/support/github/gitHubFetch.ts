import type { Asked, FakeGitHub } from "./fakeGitHub";

/** The server as a `fetch`, without a network: what it does comes at once, in the time of its clock. */
export function fetchFrom(github: FakeGitHub): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const asked: Asked = {
      method: init.method ?? "GET",
      // Servers of one's own have their API there.
      target: `${url.pathname.replace(/^\/api\/v3\//, "/")}${url.search}`,
      headers: Object.fromEntries(new Headers(init.headers)),
      body: typeof init.body === "string" ? parsed(init.body) : {},
    };
    const answer = github.take(asked);
    if (answer === "reset") {
      throw new TypeError("fetch failed", { cause: new Error("read ECONNRESET") });
    }
    if (answer === "silent") {
      github.isSilent = true;
      return new Promise<never>((_resolve, reject) => {
        init.signal?.addEventListener("abort", () => {
          github.isSilent = false;
          reject(new DOMException("The operation was aborted.", "AbortError"));
        });
      });
    }
    const { status, headers = {}, body } = answer;
    await Promise.resolve();
    return new Response(JSON.stringify(body ?? null), {
      status,
      headers: { "content-type": "application/json; charset=utf-8", ...headers },
    });
  };
}

export function parsed(json: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(json === "" ? "{}" : json);
  return typeof value === "object" && value !== null ? { ...value } : {};
}
