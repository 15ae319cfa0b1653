/**
 * The statements that every phase runs. They stand here, apart from those who run them, because a
 * journal's header lists them, so that its lines can name them by number.
 */

export const insertPhase = `
  INSERT INTO phase_queue (queue_id, plan_id, parent_issue, phase_number, label, title, status,
    depends_on_phase, depends_on_phases, phase_data, runner, priority, queue_position,
    created_at, updated_at, ready_at, start_line)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, CAST(?10 AS TEXT), ?11, ?12, ?13, ?14, ?14, ?15, ?16)`;

/** Moves a phase, guarded by the status and the attempt on which the move was decided. */
export const movePhase = `
  UPDATE phase_queue SET
    status = ?5,
    reason = ?6,
    error_message = ?7,
    attempt_id = coalesce(?8, attempt_id),
    not_before = ?9,
    updated_at = ?1,
    ready_at = CASE WHEN ?5 = 'ready' THEN ?1 WHEN ?5 NOT IN ('queued', 'blocked') THEN ready_at END,
    started_at = CASE
      WHEN ?5 = 'running' THEN ?1
      WHEN ?5 IN ('completed', 'failed') THEN started_at
    END,
    finished_at = CASE WHEN ?5 IN ('completed', 'failed') THEN ?1 END
  WHERE queue_id = ?2 AND status = ?3 AND attempt_id IS ?4`;

export const insertEvent = `
  INSERT INTO events
    (event_id, at, type, plan_id, queue_id, phase_number, from_status, to_status, reason)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export const insertAttempt = `
  INSERT INTO attempts (attempt_id, queue_id, attempt_number, runner, command, state, started_at,
    runner_kind, timeout, idle_timeout)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)`;

export const startAttempt = `
  UPDATE attempts SET state = 'running', pid = ?, pid_started_at = ?
  WHERE attempt_id = +? AND state = 'starting'`;

export const endAttempt = `
  UPDATE attempts SET state = 'ended', finished_at = ?, exit_code = ?, signal = ?, outcome = ?,
    evidence = coalesce(?, evidence), log_bytes = ?, pid = coalesce(?, pid),
    pid_started_at = coalesce(?, pid_started_at)
  WHERE attempt_id = +? AND state <> 'ended'`;

export const frequentStatements: readonly string[] = [
  insertPhase,
  movePhase,
  insertEvent,
  insertAttempt,
  startAttempt,
  endAttempt,
];
