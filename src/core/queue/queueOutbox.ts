import type { Made, Outbox } from "../github/outbox";
import type { LinkState, Mirror, OutboxEntry, Thing } from "../github/terms";
import type { Repository } from "../protocol/mirrors";
import type { Change } from "./change";
import { storeParent } from "./mirrorChanges";
import {
  entryColumns,
  hasWork,
  linkedParent,
  outboxEntry,
  parentIssueOf,
  phaseIssuesOf,
  readMirrorState,
} from "./mirrorRows";
import { readThing } from "./mirrorThing";
import { optionalText, type SqlDatabase, text } from "./sqlDatabase";

/** The outbox as rows of the owner's queue. */
export class QueueOutbox implements Outbox {
  constructor(
    private readonly database: SqlDatabase,
    private readonly change: <T>(work: (change: Change) => T) => T,
  ) {}

  pending(): readonly OutboxEntry[] {
    // What is there is edited last: it changes with everything that is created.
    return this.database
      .all(
        `SELECT ${entryColumns} FROM github_outbox
         WHERE ${hasWork} AND plan_id IN (SELECT plan_id FROM github_mirrors WHERE state = 'on')
         ORDER BY state = 'made' AND NOT (kind = 'child' AND link IN ('none', 'tried')), position`,
      )
      .map(outboxEntry);
  }

  entry(entryId: string): OutboxEntry | undefined {
    const sql = `SELECT ${entryColumns} FROM github_outbox WHERE entry_id = ?`;
    const row = this.database.get(sql, [entryId]);
    return row && outboxEntry(row);
  }

  thing(entryId: string): Thing {
    return readThing(this.database, entryId);
  }

  mirror(planId: string): Mirror | undefined {
    return readMirrorState(this.database, planId);
  }

  parentOf(planId: string): number | undefined {
    return parentIssueOf(this.database, planId);
  }

  issuesOf(planId: string): ReadonlyMap<string, number> {
    return phaseIssuesOf(this.database, planId);
  }

  recentWrites(since: string): readonly string[] {
    const sql = "SELECT written_at FROM github_outbox WHERE written_at > ?";
    return this.database.all(sql, [since]).map((row) => text(row, "written_at"));
  }

  announce(entryId: string, login: string | undefined): void {
    this.set(entryId, "state = 'sending', login = ?3, tried_at = ?2", [login ?? null]);
  }

  made(entryId: string, { githubId, issueNumber, version }: Made): void {
    this.change((change) => {
      change.run(
        `UPDATE github_outbox SET state = 'made', github_id = ?, issue_number = ?,
           written_version = ?, written_at = ?, problem = NULL
         WHERE entry_id = ?`,
        [githubId, issueNumber ?? null, version, change.at, entryId],
      );
      if (issueNumber !== undefined) {
        noteIssue(change, entryId, issueNumber);
      }
    });
  }

  written(entryId: string, version: number, problem?: string): void {
    this.set(entryId, "written_version = ?3, written_at = ?2, problem = ?4", [
      version,
      problem ?? null,
    ]);
  }

  found(entryId: string, githubId: number): void {
    this.set(entryId, "state = 'made', github_id = ?3, problem = NULL", [githubId]);
  }

  linked(entryId: string, link: LinkState, problem?: string): void {
    this.set(entryId, "link = ?3, problem = ?4, written_at = ?2", [link, problem ?? null]);
  }

  notMade(entryId: string): void {
    this.change((change) => {
      // Nothing is begun for a phase or a plan that was removed meanwhile.
      const gone = change.get(
        `SELECT 1 FROM github_outbox WHERE entry_id = ? AND (
           kind = 'child' AND queue_id NOT IN (SELECT queue_id FROM phase_queue)
           OR kind = 'parent' AND plan_id NOT IN (SELECT plan_id FROM plans))`,
        [entryId],
      );
      if (gone) {
        change.run("DELETE FROM github_outbox WHERE entry_id = ?", [entryId]);
      } else {
        change.run(
          `UPDATE github_outbox SET state = 'waiting', problem = NULL, login = NULL,
             tried_at = NULL, issue_number = NULL, github_id = NULL, updated_at = ? WHERE entry_id = ?`,
          [change.at, entryId],
        );
      }
    });
  }

  unknown(entryId: string, problem: string): void {
    this.set(entryId, "state = 'unknown', problem = ?3", [problem]);
  }

  failed(entryId: string, problem: string): void {
    this.set(entryId, "state = 'failed', problem = ?3", [problem]);
  }

  renamed(planId: string, { owner, name }: Repository): void {
    this.change((change) =>
      change.run(
        `UPDATE github_mirrors SET settings = json_set(settings, '$.owner', ?, '$.name', ?)
         WHERE plan_id = ?`,
        [owner, name, planId],
      ),
    );
  }

  recreate(entryId: string): void {
    this.set(
      entryId,
      "state = 'waiting', github_id = NULL, recreated = 1, written_version = 0",
      [],
    );
  }

  /**
   * What GitHub refused is tried again; what was deleted there by somebody is made anew, and what may
   * have been created is looked for first.
   */
  retryFailed(): void {
    this.change((change) => {
      change.run(
        `UPDATE github_outbox SET problem = NULL, recreated = 0, state = CASE
           WHEN github_id IS NOT NULL THEN 'made'
           WHEN tried_at IS NOT NULL THEN 'sending'
           ELSE 'waiting' END
         WHERE state = 'failed'`,
      );
      change.run("UPDATE github_outbox SET problem = NULL, link = 'none' WHERE link = 'refused'");
    });
  }

  /** @param assignments `?1` is the entry, `?2` the time, and further ones are `values`. */
  private set(
    entryId: string,
    assignments: string,
    values: readonly (string | number | null)[],
  ): void {
    this.change((change) =>
      change.run(`UPDATE github_outbox SET updated_at = ?2, ${assignments} WHERE entry_id = ?1`, [
        entryId,
        change.at,
        ...values,
      ]),
    );
  }
}

/** Shows an issue's number everywhere; texts of ours that are there already get to name it, too. */
function noteIssue(change: Change, entryId: string, number: number): void {
  const sql = "SELECT plan_id, queue_id, kind FROM github_outbox WHERE entry_id = ?";
  const row = change.get(sql, [entryId]);
  if (!row) {
    return;
  }
  const planId = text(row, "plan_id");
  const queueId = optionalText(row, "queue_id");
  if (queueId === undefined) {
    storeParent(change, planId, number);
  } else {
    change.run("UPDATE phase_queue SET issue_number = ? WHERE queue_id = ?", [number, queueId]);
  }
  change.run(
    `UPDATE github_outbox SET version = version + 1
     WHERE plan_id = +? AND kind IN ('parent', 'status') AND state = 'made' AND facts <> ?
       AND entry_id <> ?`,
    [planId, linkedParent, entryId],
  );
  change.record({
    type: "issue_created",
    plan_id: planId,
    ...(queueId !== undefined && { queue_id: queueId }),
    reason: `#${number}`,
  });
}
