import { connect } from "node:net";
import { WebSocket } from "ws";
import { performHandshake } from "../../src/core/api/handshake";
import { systemClock } from "../../src/core/base/clock";

/**
 * A process of so many clients of an event stream, at a local socket or a port: says "ready" once each
 * has its snapshot, and after so many events each, when every one of them arrived, or each hundredth, in
 * nanoseconds of the machine's own clock.
 */
const [place = "", token = "", clients = "1", events = "1", each = "1"] = process.argv.slice(2);
const arrivals: [eventId: number, nanoseconds: string][] = [];
let ready = 0;

async function follow(): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  let webSocket: WebSocket;
  if (place.startsWith("ws:")) {
    webSocket = new WebSocket(place, { headers });
  } else {
    const socket = connect(place);
    await performHandshake(socket, token, systemClock);
    const createConnection = (): typeof socket => socket;
    webSocket = new WebSocket("ws://localhost/api/events", { headers, createConnection });
  }
  webSocket.on("message", (data: Buffer) => arrived(data, process.hrtime.bigint()));
}

function arrived(data: Buffer, now: bigint): void {
  const text = data.toString("latin1", 0, 400);
  if (text.includes('"snapshot"')) {
    ready += 1;
    if (ready === Number(clients)) {
      process.send?.("ready");
    }
    return;
  }
  const eventId = Number(/"event_id":(\d+)/.exec(text)?.[1]);
  if (eventId % Number(each) !== 0) {
    return;
  }
  arrivals.push([eventId, String(now)]);
  if (arrivals.length === Number(clients) * Math.floor(Number(events) / Number(each))) {
    process.send?.(arrivals, () => process.disconnect());
  }
}

for (let client = 0; client < Number(clients); client++) {
  void follow();
}
process.on("disconnect", () => process.exit());
