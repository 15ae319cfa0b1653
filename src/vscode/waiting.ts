import { isoNow } from "../core/base/clock";
import { said, t } from "./l10n";
import { whatItWaitsFor } from "../core/coordinator/waiting";
import type { Waiting } from "../core/protocol/snapshot";
import type { FolderQueue } from "./queues/folderQueue";
import type { Services } from "./services";

/** What a folder's queue, or one plan of it, waits for, as this window can tell. */
export function waitingOf(
  queue: Pick<FolderQueue, "state" | "reader" | "isStarting">,
  services: Pick<Services, "clock">,
  planId?: string,
): Waiting {
  const { state, reader } = queue;
  if (state.kind === "failed") {
    // Its phases can be read, at best: that they are ready is not what keeps them waiting.
    const isReadable = state.refusal.kind === "storage" && reader !== undefined;
    const text = isReadable
      ? t("the queue's files cannot be written")
      : t("the queue cannot be opened");
    return { kind: "trouble", text };
  }
  const waiting =
    state.kind === "owner"
      ? state.hopper.waiting(planId, said)
      : reader
        ? whatItWaitsFor(reader, {
            now: isoNow(services.clock),
            say: said,
            ...(planId !== undefined && { planId }),
          })
        : ({ kind: "completed", text: t("nothing is enqueued") } as const);
  // It would start, were anybody there to start it.
  const started = state.kind === "follower" || queue.isStarting;
  if (
    waiting.kind === "running" &&
    !started &&
    (reader?.counts(planId).get("running") ?? 0) === 0
  ) {
    return { kind: "paused", text: t("not started") };
  }
  return waiting;
}
