import type { Socket } from "node:net";
import type { Clock } from "../base/clock";

/**
 * Reads one line, without its end, from the start of a connection; what follows stays in the socket
 * for whoever reads it next. Rejects when the line is too long, when it does not come in time, or
 * when the connection ends before.
 */
export function readLine(
  socket: Socket,
  clock: Clock,
  limits: { readonly bytes: number; readonly milliseconds: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (outcome: () => void): void => {
      deadline.dispose();
      socket.off("readable", read).off("error", fail).off("close", end).off("end", end);
      outcome();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const end = (): void => fail(new Error("the connection was closed"));
    const deadline = clock.after(limits.milliseconds, () =>
      fail(new Error(`nothing was answered for ${limits.milliseconds / 1000} s`)),
    );
    const read = (): void => {
      const chunk: unknown = socket.read();
      if (!Buffer.isBuffer(chunk)) {
        return;
      }
      received = Buffer.concat([received, chunk]);
      const length = received.indexOf("\n");
      if (length > limits.bytes || (length === -1 && received.length > limits.bytes)) {
        fail(new Error(`a line was longer than ${limits.bytes} bytes`));
      } else if (length !== -1) {
        settle(() => {
          const rest = received.subarray(length + 1);
          if (rest.length > 0) {
            socket.unshift(rest);
          }
          resolve(received.toString("latin1", 0, length));
        });
      }
    };
    socket.on("readable", read).on("error", fail).on("close", end).on("end", end);
    if (socket.destroyed) {
      end();
    }
  });
}
