import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LeaseOwner, RunEnding, RunPlanRecord } from '../../engine/ports/store.ts';
import type { VariantRecord } from '../../engine/ports/run-spec.ts';
import type { DatasetFacts, RunProgress } from '../../schemas/generated/messages.ts';
import { checkOwner, isHeld, leaseLife, type StoreContext } from './context.ts';
import { findRun, findVariants, isUnfinished, wasNeverBegun } from './runs.ts';

/** A run under a lease: every write names both, and a stale epoch is refused. */
export interface LeaseKey {
  readonly runId: string;
  readonly epoch: number;
}

/** Takes the run's lease at a new epoch; whoever held it before can no longer write. */
export function takeLease(context: StoreContext, id: string, owner: LeaseOwner): LeaseKey {
  return context.write(() => {
    checkOwner(context.driver, context.self, context.now(), context.folder);
    const row = findRun(context, id);
    const runId = String(row['id']);
    if (row['state'] === 'succeeded') throw finished(runId, 'has succeeded');
    if (row['state'] === 'cancelled' && wasNeverBegun(row)) throw finished(runId, 'was cancelled before it began');
    if (isUnfinished(row) && isHeld(row, context)) {
      const message = `Run ${runId} is active in process ${String(row['pid'])} on ${String(row['host'])}.`;
      throw new WorkbenchError('run-active', message, { remedy: `Wait for it, or stop it: aiwb runs cancel ${runId}` });
    }
    const epoch = Number(row['epoch']) + 1;
    context.driver.run(
      `UPDATE runs SET state = 'provisioning', epoch = ?, host = ?, boot = ?, pid = ?, lease_until = ?,
        cancel_requested = 0, ended_at = NULL, failure = NULL, gate = NULL, headlines = '[]' WHERE key = ?`,
      ...[epoch, owner.host, owner.bootId, owner.pid, context.now() + leaseLife, Number(row['key'])],
    );
    context.driver.run('UPDATE run_records SET report = NULL, tuning = NULL WHERE run = ?', Number(row['key']));
    context.driver.run('DELETE FROM lent_requests WHERE run = ?', Number(row['key']));
    return { runId, epoch };
  });
}

/** Marks the run running and stores its plan, or checks it against the stored one when the run is resumed. */
export function beginRun(context: StoreContext, lease: LeaseKey, plan: RunPlanRecord): void {
  context.write(() => {
    const sql = `UPDATE runs SET state = 'running', started_at = coalesce(started_at, ?), lease_until = ? WHERE ${holds}`;
    renew(context, lease, sql, context.now(), context.now() + leaseLife);
    const run = Number(findRun(context, lease.runId)['key']);
    const stored = findVariants(context, run);
    if (stored.length > 0) {
      checkSamePlan(context, run, lease.runId, stored, plan);
      return;
    }
    const insert = context.driver.prepare(
      'INSERT INTO lanes (run, variant, model, model_digest, prompt, prompt_digest) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const lane of plan.variants) {
      insert.run(run, lane.variant, lane.model, lane.modelDigest, lane.prompt ?? null, lane.promptDigest ?? null);
    }
    context.driver.run(
      'UPDATE run_records SET environment = ?, dataset = ? WHERE run = ?',
      ...[JSON.stringify(plan.environment), textOf(plan.dataset), run],
    );
  });
}

/** Renews the lease and stores progress; part of every append. Must run inside a write transaction. */
export function renewLease(context: StoreContext, lease: LeaseKey, progress: RunProgress): void {
  const sql = `UPDATE runs SET progress = ?, lease_until = ? WHERE ${holds}`;
  renew(context, lease, sql, JSON.stringify(progress), context.now() + leaseLife);
}

/** Renews the lease and leaves progress as it is. Must run inside a write transaction. */
export function keepLease(context: StoreContext, lease: LeaseKey): void {
  renew(context, lease, `UPDATE runs SET lease_until = ? WHERE ${holds}`, context.now() + leaseLife);
}

export function heartbeat(
  context: StoreContext,
  lease: LeaseKey,
  progress: RunProgress,
): { readonly cancelRequested: boolean } {
  return context.write(() => {
    renewLease(context, lease, progress);
    const row = context.driver.get('SELECT cancel_requested FROM runs WHERE id = ?', lease.runId);
    return { cancelRequested: row?.['cancel_requested'] === 1 };
  });
}

/** Ends the run and gives the lease back. */
export function finishRun(context: StoreContext, lease: LeaseKey, ending: RunEnding): void {
  context.write(() => {
    renew(
      context,
      lease,
      `UPDATE runs SET state = ?, ended_at = ?, progress = ?, headlines = ?, gate = ?, failure = ?,
        lease_until = NULL WHERE ${holds}`,
      ...[ending.state, context.now(), JSON.stringify(ending.progress), JSON.stringify(ending.headlines)],
      ...[ending.gate ?? null, textOf(ending.failure)],
    );
    const sql = 'UPDATE run_records SET report = ?, tuning = ? WHERE run = (SELECT key FROM runs WHERE id = ?)';
    context.driver.run(sql, textOf(ending.report), textOf(ending.tuning), lease.runId);
    const lent = 'DELETE FROM lent_requests WHERE run = (SELECT key FROM runs WHERE id = ?)';
    context.driver.run(lent, lease.runId);
  });
}

/** JSON for a column that is NULL when there is nothing. */
function textOf(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

const holds = 'id = ? AND epoch = ? AND lease_until IS NOT NULL';

function renew(context: StoreContext, lease: LeaseKey, sql: string, ...values: (string | number | null)[]): void {
  if (context.driver.run(sql, ...values, lease.runId, lease.epoch) === 1) return;
  throw leaseLost(lease.runId);
}

/** The refusal of a write by a process that no longer holds the run. */
export function leaseLost(runId: string): WorkbenchError {
  const message = `This process no longer holds run ${runId}: it was cancelled or taken over meanwhile.`;
  const remedy = 'Nothing stored was lost. See `aiwb runs list` for who runs it now.';
  return new WorkbenchError('run-lease-lost', message, { remedy });
}

function checkSamePlan(
  context: StoreContext,
  run: number,
  runId: string,
  stored: readonly VariantRecord[],
  plan: RunPlanRecord,
): void {
  const changed = describeChange(stored, plan.variants) ?? describeOtherDataset(context, run, plan.dataset);
  if (changed === undefined) return;
  throw new WorkbenchError('run-changed', `Run ${runId} cannot be resumed: ${changed}.`, {
    remedy: 'Start a new run, or restore what the run began with.',
  });
}

function describeChange(stored: readonly VariantRecord[], now: readonly VariantRecord[]): string | undefined {
  if (stored.length !== now.length) return `it began with ${stored.length} variants and would go on with ${now.length}`;
  for (const [index, before] of stored.entries()) {
    const after = now[index];
    if (before.variant !== after?.variant || before.model !== after.model || before.modelDigest !== after.modelDigest) {
      return `model ${before.model} has changed since it began`;
    }
    if (before.prompt !== after.prompt || before.promptDigest !== after.promptDigest) {
      return `prompt ${before.prompt ?? after.prompt ?? ''} has changed since it began`;
    }
  }
  return undefined;
}

function describeOtherDataset(context: StoreContext, run: number, now: DatasetFacts | undefined): string | undefined {
  const json = context.driver.get('SELECT dataset FROM run_records WHERE run = ?', run)?.['dataset'];
  const stored = typeof json === 'string' ? (JSON.parse(json) as DatasetFacts) : undefined;
  if (stored === undefined || stored.digest === now?.digest) return undefined;
  return `the dataset ${stored.path} has changed since it began`;
}

function finished(runId: string, how: string): WorkbenchError {
  const remedy = 'Start a new run.';
  return new WorkbenchError('run-finished', `Run ${runId} ${how}; there is nothing to resume.`, { remedy });
}
