import type { LentState, LentTask } from '../../engine/ports/lent.ts';
import type { LentReply, LentRequest, RunProgress } from '../../schemas/generated/messages.ts';
import { isHeld, type StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { leaseLost, type LeaseKey } from './leases.ts';

/** Milliseconds a window keeps a request without renewing its lease. */
const lentLease = 10_000;

/** Leaves a request for a window. Throws `run-lease-lost`. */
export function askLent(context: StoreContext, lease: LeaseKey, request: LentRequest, deadline: number): number {
  return context.write(() => {
    const { driver } = context;
    const sql = 'SELECT key FROM runs WHERE id = ? AND epoch = ? AND lease_until IS NOT NULL';
    const run = driver.get(sql, lease.runId, lease.epoch);
    if (run === undefined) throw leaseLost(lease.runId);
    const insert = `INSERT INTO lent_requests (run, model, request, created_at, deadline) VALUES (?, ?, ?, ?, ?)`;
    const values = [Number(run['key']), request.connection, JSON.stringify(request), context.now(), deadline] as const;
    driver.run(insert, ...values);
    return Number(driver.get('SELECT last_insert_rowid() AS id')?.['id']);
  });
}

export function readLent(context: StoreContext, ids: readonly number[]): LentState[] {
  const rows = context.driver.all(
    'SELECT id, taken_until, answer FROM lent_requests WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id',
    JSON.stringify(ids),
  );
  return rows.map(row => ({
    id: Number(row['id']),
    taken: row['taken_until'] !== null && Number(row['taken_until']) > context.now(),
    ...(row['answer'] === null ? {} : { reply: JSON.parse(String(row['answer'])) as LentReply }),
  }));
}

export function withdrawLent(context: StoreContext, ids: readonly number[]): void {
  context.write(() => {
    context.driver.run('DELETE FROM lent_requests WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids));
  });
}

/** Open requests, oldest first, under this holder's lease from now on. Those nobody waits for any more are removed on the way. */
export function takeLent(context: StoreContext, holder: string, limit: number): LentTask[] {
  // A look costs no write lock while there is nothing to take.
  if (listOpen(context).length === 0) return [];
  return context.write(() => {
    const tasks: LentTask[] = [];
    for (const row of listOpen(context)) {
      const id = Number(row['id']);
      if (!isHeld(row, context) || Number(row['deadline']) <= context.now()) {
        context.driver.run('DELETE FROM lent_requests WHERE id = ?', id);
        continue;
      }
      if (tasks.length >= limit) continue;
      const until = context.now() + lentLease;
      context.driver.run('UPDATE lent_requests SET taken_by = ?, taken_until = ? WHERE id = ?', holder, until, id);
      tasks.push(toTask(row));
    }
    return tasks;
  });
}

function listOpen({ driver, now }: StoreContext): Row[] {
  return driver.all(
    `SELECT lent_requests.id AS id, request, deadline, runs.id AS run_id, name, progress, lease_until, host, boot, pid
      FROM lent_requests JOIN runs ON runs.key = lent_requests.run
      WHERE answer IS NULL AND (taken_until IS NULL OR taken_until <= ?) ORDER BY lent_requests.id LIMIT 200`,
    now(),
  );
}

function toTask(row: Row): LentTask {
  const progress = JSON.parse(String(row['progress'])) as RunProgress;
  return {
    id: Number(row['id']),
    runId: String(row['run_id']),
    run: String(row['name']),
    total: progress.total,
    request: JSON.parse(String(row['request'])) as LentRequest,
    deadline: Number(row['deadline']),
  };
}

export function renewLent(context: StoreContext, holder: string, ids: readonly number[]): number[] {
  return context.write(() => {
    const list = JSON.stringify(ids);
    const own = 'taken_by = ? AND answer IS NULL AND id IN (SELECT value FROM json_each(?))';
    context.driver.run(
      `UPDATE lent_requests SET taken_until = ? WHERE ${own}`,
      context.now() + lentLease,
      holder,
      list,
    );
    return context.driver.all(`SELECT id FROM lent_requests WHERE ${own}`, holder, list).map(row => Number(row['id']));
  });
}

export function replyLent(context: StoreContext, holder: string, id: number, reply: LentReply): boolean {
  return context.write(() => {
    const sql = 'UPDATE lent_requests SET answer = ? WHERE id = ? AND taken_by = ? AND answer IS NULL';
    return context.driver.run(sql, JSON.stringify(reply), id, holder) === 1;
  });
}

export function releaseLent(context: StoreContext, holder: string, ids: readonly number[]): void {
  context.write(() => {
    context.driver.run(
      `UPDATE lent_requests SET taken_by = NULL, taken_until = NULL
        WHERE taken_by = ? AND answer IS NULL AND id IN (SELECT value FROM json_each(?))`,
      holder,
      JSON.stringify(ids),
    );
  });
}
