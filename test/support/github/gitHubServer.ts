import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { FakeGitHub } from "./fakeGitHub";
import { parsed } from "./gitHubFetch";

/** The server on a port of this machine. */
export interface GitHubServer {
  readonly url: string;
  close(): Promise<void>;
}

export async function serveGitHub(github: FakeGitHub): Promise<GitHubServer> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (data: string) => (body += data));
    request.on("end", () => {
      const answer = github.take({
        method: request.method ?? "",
        target: request.url ?? "",
        headers: Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        ),
        body: parsed(body),
      });
      if (answer === "reset") {
        request.socket.destroy();
      } else if (answer !== "silent") {
        const headers = { "content-type": "application/json; charset=utf-8", ...answer.headers };
        response.writeHead(answer.status, headers).end(JSON.stringify(answer.body ?? null));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const port = portOf(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === "object" && address !== null ? address.port : 0;
}
