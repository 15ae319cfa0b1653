import type { QueueEvent } from "../protocol/queue";
import type { ServerMessage } from "./eventMessages";
import type { QueueSource } from "./queueSource";

/** What the event stream says of these events, in their order. */
export function messagesOf(
  events: readonly QueueEvent[],
  queue: Pick<QueueSource, "plan">,
): ServerMessage[] {
  const issues = new Map<string, number>();
  const issueOf = (planId: string): number => {
    // A plan that was removed meanwhile has none any more.
    const issue = issues.get(planId) ?? queue.plan(planId)?.parent_issue ?? 0;
    issues.set(planId, issue);
    return issue;
  };
  return events.map((event) => messageOf(event, issueOf));
}

function messageOf(event: QueueEvent, issueOf: (planId: string) => number): ServerMessage {
  const { event_id, type, plan_id, queue_id, phase_number, to_status, reason, at } = event;
  const common = { event_id, timestamp: at, ...(reason !== undefined && { reason }) };
  if (type === "phase_changed" || type === "phase_enqueued") {
    // Those two always have them: they tell of a phase and of the status it has now.
    return {
      type: "queue_update",
      queue_id: queue_id ?? "",
      plan_id: plan_id ?? "",
      phase_number: phase_number ?? 0,
      status: to_status ?? "queued",
      parent_issue: issueOf(plan_id ?? ""),
      ...common,
    };
  }
  return {
    type,
    ...(queue_id !== undefined && { queue_id }),
    ...(plan_id !== undefined && { plan_id, parent_issue: issueOf(plan_id) }),
    ...(phase_number !== undefined && { phase_number }),
    ...common,
  };
}

/**
 * A whole text message as RFC 6455 (section 5.2) frames what a server sends: not masked, so that it is
 * the same for every client.
 */
export function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const header = size < 126 ? 2 : size < 2 ** 16 ? 4 : 10;
  const frame = Buffer.allocUnsafe(header + size);
  frame[0] = 0x81;
  if (header === 2) {
    frame[1] = size;
  } else if (header === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(size, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(size), 2);
  }
  frame.write(text, header);
  return frame;
}
