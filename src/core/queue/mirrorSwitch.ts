import { randomUUID } from "node:crypto";
import { HopperError } from "../base/errors";
import { words } from "../base/words";
import type { MirrorSettings } from "../protocol/mirrors";
import type { Change } from "./change";
import { add, followAll, nextPosition, storeParent } from "./mirrorChanges";
import { linkedParent, parentIssueOf, readMirror } from "./mirrorRows";
import { optionalInteger } from "./sqlDatabase";

/** Switches the mirror of a plan on, or changes how it is mirrored. */
export function startMirror(change: Change, planId: string, wanted: MirrorSettings): void {
  const plan = change.get("SELECT parent_issue FROM plans WHERE plan_id = ?", [planId]);
  if (!plan) {
    throw new HopperError("notFound", words`There is no plan ${planId} in this queue.`);
  }
  refuseMove(change, planId, wanted);
  const { parentIssue = optionalInteger(plan, "parent_issue"), ...others } = wanted;
  const isCreated = createdParent(change, planId);
  const settings = {
    ...others,
    ...(parentIssue !== undefined && !isCreated && { parentIssue }),
  };
  change.run(
    `INSERT INTO github_mirrors (plan_id, settings, state, created_at) VALUES (?1, ?2, 'on', ?3)
     ON CONFLICT (plan_id) DO UPDATE SET settings = ?2, state = 'on'`,
    [planId, JSON.stringify(settings), change.at],
  );
  if (settings.parentIssue === undefined) {
    addOnce(change, planId, "parent");
  } else if (settings.parentIssue !== parentIssueOf(change, planId)) {
    linkParent(change, planId, settings.parentIssue);
  }
  followAll(change, planId, settings);
  if (settings.comments === "living") {
    addOnce(change, planId, "status");
  }
}

/** Writes nothing more of a plan; what is on GitHub stays, and is known if it is switched on again. */
export function stopMirror(change: Change, planId: string): boolean {
  const stopped = change.run(
    "UPDATE github_mirrors SET state = 'stopped' WHERE plan_id = ? AND state = 'on'",
    [planId],
  );
  // What was never tried is not there; what may be there is remembered.
  change.run("DELETE FROM github_outbox WHERE plan_id = ? AND state = 'waiting'", [planId]);
  return stopped > 0;
}

/**
 * Ends every mirror of a queue that somebody else made, or that was copied: whoever has it now asked for
 * none, and what is on GitHub belongs to the queue it comes from. Answers how many there were.
 */
export function disownMirrors(change: Change): number {
  change.run("DELETE FROM github_outbox");
  return change.run("UPDATE github_mirrors SET state = 'stopped' WHERE state = 'on'");
}

/**
 * After changes were lost: what is not known to be on GitHub may be there, and is looked for before it
 * is created.
 */
export function lookBeforeCreating(change: Change): void {
  change.run(
    `UPDATE github_outbox SET state = 'sending', tried_at = coalesce(tried_at, created_at)
     WHERE state = 'waiting'`,
  );
}

/** Adds the entry of which a plan has one, or tells it what happened while the mirror was stopped. */
function addOnce(change: Change, planId: string, kind: "parent" | "status"): void {
  const known = change.run(
    "UPDATE github_outbox SET version = version + 1 WHERE plan_id = +? AND kind = ?",
    [planId, kind],
  );
  if (known === 0) {
    add(change, planId, { kind });
  }
}

/**
 * An issue that is there already becomes the parent, once it was read: its text is not ours to change,
 * and nothing is written before it is known to be there.
 */
function linkParent(change: Change, planId: string, number: number): void {
  change.run("DELETE FROM github_outbox WHERE plan_id = ? AND kind = 'parent'", [planId]);
  change.run(
    `INSERT INTO github_outbox (entry_id, position, plan_id, kind, facts, version, written_version,
       state, link, issue_number, tried_at, created_at, updated_at)
     VALUES (?1, ?2, ?3, 'parent', ?4, 0, 0, 'sending', 'none', ?5, ?6, ?6, ?6)`,
    [randomUUID(), nextPosition(change), planId, linkedParent, number, change.at],
  );
  storeParent(change, planId, number);
}

/** What is on GitHub stays where it is. */
function refuseMove(change: Change, planId: string, wanted: MirrorSettings): void {
  const before = readMirror(change, planId)?.settings;
  if (!before || !isBegun(change, planId)) {
    return;
  }
  const { apiUrl, owner, name } = before;
  if (apiUrl !== wanted.apiUrl || owner !== wanted.owner || name !== wanted.name) {
    throw new HopperError(
      "conflict",
      words`The plan is mirrored to ${owner}/${name} already: its issues cannot be moved.`,
    );
  }
  const parent = parentIssueOf(change, planId);
  if (wanted.parentIssue !== undefined && wanted.parentIssue !== parent) {
    throw new HopperError(
      "conflict",
      parent === undefined
        ? words`The plan has a parent issue already: one is being created.`
        : words`The plan has a parent issue already: #${parent}.`,
    );
  }
}

/** Something of the plan is, or may be, written to GitHub; naming an issue writes nothing. */
function isBegun(change: Change, planId: string): boolean {
  const sql = `SELECT 1 FROM github_outbox
    WHERE plan_id = +? AND state <> 'waiting' AND facts <> ?`;
  return change.get(sql, [planId, linkedParent]) !== undefined;
}

/** The parent issue is made, or being made, by us. */
function createdParent(change: Change, planId: string): boolean {
  const row = change.get(
    `SELECT 1 FROM github_outbox
     WHERE plan_id = +? AND kind = 'parent' AND state <> 'waiting' AND facts <> ?`,
    [planId, linkedParent],
  );
  return row !== undefined;
}
