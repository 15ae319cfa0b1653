import type { SqlDatabase } from "./sqlDatabase";

/** "PHop" in ASCII: tells our database files from others. */
export const applicationId = 0x50486f70;

/**
 * Every change of the schema, oldest first; entry n brings version n to n + 1. Entries are only ever
 * added: a released one is never edited, because databases out there were made by it.
 */
export const migrations: readonly (readonly string[])[] = [
  [
    `PRAGMA application_id = ${applicationId}`,
    `CREATE TABLE plans (
       plan_id TEXT PRIMARY KEY NOT NULL,
       plan_number INTEGER NOT NULL UNIQUE,
       title TEXT NOT NULL,
       source_path TEXT,
       source_sha256 TEXT NOT NULL,
       context TEXT NOT NULL,
       parent_issue INTEGER,
       runner TEXT NOT NULL,
       paused_reason TEXT,
       created_at TEXT NOT NULL
     ) STRICT`,
    `CREATE INDEX plans_paused ON plans (plan_id) WHERE paused_reason IS NOT NULL`,
    `CREATE TABLE phase_queue (
       queue_id TEXT PRIMARY KEY NOT NULL,
       plan_id TEXT NOT NULL REFERENCES plans (plan_id),
       parent_issue INTEGER,
       phase_number INTEGER NOT NULL,
       label TEXT NOT NULL,
       issue_number INTEGER,
       status TEXT NOT NULL
         CHECK (status IN ('queued', 'ready', 'running', 'completed', 'blocked', 'failed')),
       depends_on_phase INTEGER,
       depends_on_phases TEXT NOT NULL,
       phase_data TEXT NOT NULL,
       runner TEXT NOT NULL,
       priority INTEGER NOT NULL DEFAULT 50,
       queue_position INTEGER NOT NULL,
       attempt_id TEXT,
       adw_id TEXT,
       pr_number INTEGER,
       reason TEXT,
       error_message TEXT,
       created_at TEXT NOT NULL,
       updated_at TEXT NOT NULL,
       ready_at TEXT,
       not_before TEXT,
       started_at TEXT,
       finished_at TEXT,
       start_line INTEGER NOT NULL,
       UNIQUE (plan_id, phase_number)
     ) STRICT`,
    `CREATE INDEX phase_queue_ready ON phase_queue (priority, queue_position, phase_number)
       WHERE status = 'ready'`,
    `CREATE INDEX phase_queue_ready_runner
       ON phase_queue (runner, priority, queue_position, phase_number) WHERE status = 'ready'`,
    `CREATE INDEX phase_queue_status ON phase_queue (status, plan_id)`,
    `CREATE TABLE attempts (
       attempt_id TEXT PRIMARY KEY NOT NULL,
       queue_id TEXT NOT NULL REFERENCES phase_queue (queue_id) ON DELETE CASCADE,
       attempt_number INTEGER NOT NULL,
       runner TEXT NOT NULL,
       command TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('starting', 'running', 'ended')),
       pid INTEGER,
       pid_started_at TEXT,
       token_sha256 TEXT,
       started_at TEXT NOT NULL,
       heartbeat_at TEXT,
       stop_requested TEXT,
       finished_at TEXT,
       exit_code INTEGER,
       signal TEXT,
       outcome TEXT,
       evidence TEXT,
       log_bytes INTEGER,
       UNIQUE (queue_id, attempt_number)
     ) STRICT`,
    `CREATE UNIQUE INDEX attempts_open ON attempts (queue_id) WHERE state <> 'ended'`,
    `CREATE TABLE workflow_history (
       workflow_id TEXT PRIMARY KEY NOT NULL,
       issue_number INTEGER,
       queue_id TEXT,
       adw_id TEXT,
       status TEXT NOT NULL CHECK (status IN ('pending', 'running', 'completed', 'failed')),
       error_message TEXT,
       start_time TEXT,
       end_time TEXT,
       created_at TEXT NOT NULL,
       updated_at TEXT NOT NULL
     ) STRICT`,
    `CREATE TABLE events (
       event_id INTEGER PRIMARY KEY NOT NULL,
       at TEXT NOT NULL,
       type TEXT NOT NULL,
       plan_id TEXT,
       queue_id TEXT,
       phase_number INTEGER,
       from_status TEXT,
       to_status TEXT,
       reason TEXT
     ) STRICT`,
    `CREATE INDEX events_queue_id ON events (queue_id, event_id)`,
    `CREATE TABLE queue_config (
       config_key TEXT PRIMARY KEY NOT NULL,
       config_value TEXT NOT NULL,
       updated_at TEXT NOT NULL
     ) STRICT`,
  ],
  [
    // What an open attempt is and how long it may take must not change with the configuration.
    `ALTER TABLE attempts ADD COLUMN runner_kind TEXT
       CHECK (runner_kind IN ('shell', 'command', 'external', 'manual'))`,
    `ALTER TABLE attempts ADD COLUMN timeout INTEGER`,
    `ALTER TABLE attempts ADD COLUMN idle_timeout INTEGER`,
    `ALTER TABLE attempts ADD COLUMN reported_at TEXT`,
    `UPDATE attempts SET runner_kind = CASE
         WHEN command <> '[]' THEN iif(runner = 'shell', 'shell', 'command')
         ELSE iif(runner = 'external', 'external', 'manual') END
       WHERE state <> 'ended'`,
    `UPDATE attempts SET
         timeout = coalesce(
           (SELECT CAST(phase_data ->> '$.properties.timeout' AS INTEGER) FROM phase_queue
            WHERE phase_queue.queue_id = attempts.queue_id),
           CASE runner_kind WHEN 'manual' THEN 0 WHEN 'external' THEN 86400 ELSE 3600 END),
         idle_timeout = iif(runner_kind = 'command', 900, 0),
         reported_at = iif(evidence ->> '$.reported' = 'completed', started_at, NULL)
       WHERE state <> 'ended'`,
  ],
  [
    // What outside programs say: which rows of theirs were there at a claim, and how far they are.
    `ALTER TABLE attempts ADD COLUMN workflows TEXT`,
    `ALTER TABLE attempts ADD COLUMN progress TEXT`,
    `CREATE INDEX attempts_token ON attempts (token_sha256)`,
    `CREATE INDEX phase_queue_issue ON phase_queue (issue_number)`,
    `CREATE INDEX workflow_history_phase ON workflow_history (queue_id)`,
    `CREATE INDEX workflow_history_issue ON workflow_history (issue_number)`,
    `CREATE INDEX workflow_history_adw ON workflow_history (adw_id)`,
  ],
  [
    // Room between the plans for their phases to be put in order, and a way to read that order.
    `UPDATE phase_queue SET queue_position = queue_position * 10000`,
    `CREATE INDEX phase_queue_order
       ON phase_queue (plan_id, priority, queue_position, phase_number)`,
  ],
  [
    // Neither table refers to plans: what happened to a plan is told on GitHub after its removal, too.
    `CREATE TABLE github_mirrors (
       plan_id TEXT PRIMARY KEY NOT NULL,
       settings TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('on', 'stopped')),
       created_at TEXT NOT NULL
     ) STRICT`,
    `CREATE TABLE github_outbox (
       entry_id TEXT PRIMARY KEY NOT NULL,
       position INTEGER NOT NULL UNIQUE,
       plan_id TEXT NOT NULL REFERENCES github_mirrors (plan_id),
       queue_id TEXT,
       kind TEXT NOT NULL CHECK (kind IN ('parent', 'child', 'status', 'comment')),
       facts TEXT NOT NULL,
       version INTEGER NOT NULL,
       written_version INTEGER NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'unknown', 'made', 'failed')),
       link TEXT NOT NULL CHECK (link IN ('none', 'tried', 'linked', 'refused')),
       login TEXT,
       tried_at TEXT,
       issue_number INTEGER,
       github_id INTEGER,
       recreated INTEGER NOT NULL DEFAULT 0,
       problem TEXT,
       created_at TEXT NOT NULL,
       updated_at TEXT NOT NULL,
       written_at TEXT
     ) STRICT`,
    `CREATE INDEX github_outbox_plan ON github_outbox (plan_id, kind)`,
    `CREATE INDEX github_outbox_work ON github_outbox (position)
       WHERE state IN ('waiting', 'sending', 'unknown') OR version > written_version
         OR (kind = 'child' AND link IN ('none', 'tried'))`,
  ],
  [
    // A list of ten thousand phases would spend half its time on finding their titles in the JSON.
    `ALTER TABLE phase_queue ADD COLUMN title TEXT NOT NULL DEFAULT ''`,
    `UPDATE phase_queue SET title = coalesce(phase_data ->> 'title', '')`,
  ],
  [
    // A report that came when its attempt was settled speaks of no later one.
    `ALTER TABLE workflow_history ADD COLUMN late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1))`,
  ],
];

/** The schema this version writes. */
export const schemaVersion = migrations.length;

/**
 * The statements that bring a database to this version's schema, in order; they run in one
 * transaction, which also records the new version.
 */
export function pendingMigrations(database: SqlDatabase): readonly string[] {
  const found = databaseVersion(database);
  if (found === schemaVersion) {
    return [];
  }
  return [...migrations.slice(found).flat(), `PRAGMA user_version = ${schemaVersion}`];
}

/** The schema a database has; 0 is an empty one. */
export function databaseVersion(database: SqlDatabase): number {
  return Number(database.get("PRAGMA user_version")?.["user_version"] ?? 0);
}
