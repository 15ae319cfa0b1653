import { connect } from "node:net";

/** Sends these bytes to a port of this machine; answers all that comes until the connection ends. */
export function sendRaw(port: number, bytes: string | Buffer, patience = 20_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const chunks: Buffer[] = [];
    const timer = setTimeout(() => socket.destroy(), patience);
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      // A WebSocket does not end by itself.
      if (chunk.includes(" 101 ")) {
        socket.destroy();
      }
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString("utf8"));
    });
    socket.write(bytes);
  });
}

/** 0 where there was no answer. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? 0);
}
