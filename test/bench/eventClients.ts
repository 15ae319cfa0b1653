import { WebSocket } from "ws";

/**
 * A process of so many clients of an event stream: says "ready" once each has its snapshot, and after
 * so many events each, when every one of them arrived, in nanoseconds of the machine's own clock.
 */
const [url = "", token = "", clients = "1", events = "1"] = process.argv.slice(2);
const arrivals: [eventId: number, nanoseconds: string][] = [];
let ready = 0;

for (let client = 0; client < Number(clients); client++) {
  const webSocket = new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } });
  webSocket.on("message", (data: Buffer) => {
    const now = process.hrtime.bigint();
    const text = data.toString("latin1", 0, 60);
    const eventId = Number(/"event_id":(\d+)/.exec(data.toString("latin1"))?.[1]);
    if (text.includes('"snapshot"')) {
      ready += 1;
      if (ready === Number(clients)) {
        process.send?.("ready");
      }
      return;
    }
    arrivals.push([eventId, String(now)]);
    if (arrivals.length === Number(clients) * Number(events)) {
      process.send?.(arrivals, () => process.disconnect());
    }
  });
}
process.on("disconnect", () => process.exit());
