import { HopperError } from "../base/errors";
import { type Words, words } from "../base/words";
import { type OwnerRecord, type OwnerVerdict, programNames } from "./ownerRecord";

/** Says who owns the queue and what a person can do about it. */
export function ownedError(verdict: OwnerVerdict, ownerFile: string): HopperError {
  return new HopperError("owned", ownedMessage(verdict, ownerFile));
}

function ownedMessage(verdict: OwnerVerdict, ownerFile: string): Words {
  switch (verdict.state) {
    case "alive":
      return words`${ownedBy(verdict.owner)}; commands given here go to it, and phases run here once it ends.`;
    case "notAnswering":
      return words`${ownedBy(verdict.owner)}, which is stopped and does not answer; let it go on (kill -CONT ${verdict.owner.pid}), or take the queue from it, which ends it (--take-over).`;
    case "elsewhere":
      return words`${ownedBy(verdict.owner)} on another machine or in another container (${verdict.owner.host}); end it there, or take the queue from it if it is gone for good (--take-over).`;
    case "unreadable":
      return words`It is not known who owns this workspace's queue: ${verdict.problem}. If no other process uses this queue, take it (--take-over), or remove ${ownerFile}.`;
    case "none":
    case "dead":
      return words`This workspace's queue is owned by another process, which has not yet said who it is; try again in a moment.`;
  }
}

function ownedBy({ pid, program, startedAt }: OwnerRecord): Words {
  return words`This workspace's queue is owned by process ${pid} (${programNames[program]}) since ${localTime(startedAt)}`;
}

/** "2026-03-01 10:02", in the time of the person who reads it. */
function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (value: number): string => String(value).padStart(2, "0");
  return (
    `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ` +
    `${two(time.getHours())}:${two(time.getMinutes())}`
  );
}
