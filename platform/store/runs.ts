import { WorkbenchError } from '../../engine/base/errors.ts';
import type { NewRun, RunFilter, RunRecord } from '../../engine/ports/store.ts';
import type { RunSpec, VariantRecord } from '../../engine/ports/run-spec.ts';
import type {
  Failure,
  Headline,
  RunOrigin,
  RunProgress,
  RunState,
  RunSummary,
} from '../../schemas/generated/messages.ts';
import { isHeld, type StoreContext } from './context.ts';
import type { Row } from './driver.ts';

/** Milliseconds after which a queued run that nobody took up is lost. */
const queueLife = 60_000;
const defaultListLength = 200;

export function createRun(context: StoreContext, run: NewRun): RunRecord {
  const { id, spec } = run;
  const progress: RunProgress = { total: 0, done: 0, failed: 0, reused: 0, errors: {}, variants: [] };
  context.write(() => {
    const { driver } = context;
    driver.run(
      `INSERT INTO runs (id, name, file, kind, cell, origin, state, created_at, progress) VALUES (?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
      ...[id, spec.name, spec.file, spec.kind, spec.cell ?? null, spec.origin, run.createdAt, JSON.stringify(progress)],
    );
    const { key } = findRun(context, id);
    driver.run('INSERT INTO run_records (run, spec) VALUES (?, ?)', Number(key), JSON.stringify(spec));
  });
  return getRun(context, id);
}

export function getRun(context: StoreContext, id: string): RunRecord {
  return context.driver.read(() => {
    const row = findRun(context, id);
    const record = context.driver.get('SELECT * FROM run_records WHERE run = ?', Number(row['key'])) ?? {};
    const environment = parsed<RunRecord, 'environment'>('environment', record['environment']);
    const identities = new Map(environment.environment?.identities?.map(each => [each.name, each]));
    return {
      summary: toSummary(context, row),
      spec: JSON.parse(String(record['spec'])) as RunSpec,
      variants: findVariants(context, Number(row['key'])).map(variant => {
        const identity = identities.get(variant.model);
        return identity === undefined ? variant : { ...variant, identity };
      }),
      ...environment,
      ...parsed<RunRecord, 'dataset'>('dataset', record['dataset']),
      ...parsed<RunRecord, 'report'>('report', record['report']),
      ...parsed<RunRecord, 'tuning'>('tuning', record['tuning']),
      ...(row['log_path'] === null ? {} : { logPath: String(row['log_path']) }),
      ...(row['cancel_requested'] === 1 ? { cancelRequested: true } : {}),
    };
  });
}

export function listRuns(context: StoreContext, filter: RunFilter): RunSummary[] {
  const rows = context.driver.all(
    `SELECT * FROM runs WHERE archived = ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR name = ?3)
      AND (?4 IS NULL OR file = ?4)
      AND (?5 IS NULL OR (created_at, key) < (SELECT created_at, key FROM runs WHERE id = ?5))
      ORDER BY created_at DESC, key DESC LIMIT ?6`,
    Number(filter.archived ?? false),
    filter.kind ?? null,
    filter.name ?? null,
    filter.file ?? null,
    filter.before ?? null,
    filter.limit ?? defaultListLength,
  );
  return rows.map(row => toSummary(context, row));
}

/**
 * Runs one of whose variants asked a model of this digest, newest first, archived ones too; also where an endpoint answered that was found to
 * serve its weights.
 */
export function listRunsAsking(context: StoreContext, modelDigest: string): RunSummary[] {
  const rows = context.driver.all(
    `SELECT * FROM runs WHERE key IN (SELECT run FROM lanes WHERE model_digest = ?1)
      OR key IN (SELECT run FROM run_records, json_each(environment, '$.identities')
        WHERE value ->> 'modelDigest' = ?1 AND value ->> 'state' IN ('verified', 'stated'))
      ORDER BY created_at DESC, key DESC`,
    modelDigest,
  );
  return rows.map(row => toSummary(context, row));
}

export function setArchived(context: StoreContext, id: string, archived: boolean): RunSummary {
  return change(context, id, 'archived = ?', Number(archived));
}

export function setLogPath(context: StoreContext, id: string, path: string): void {
  change(context, id, 'log_path = ?', path);
}

/** Records that a queued run could not be started; does nothing once somebody took it up. */
export function failQueued(context: StoreContext, id: string, failure: Failure): void {
  context.write(() => {
    const row = findRun(context, id);
    if (row['state'] !== 'queued') return;
    const sql = `UPDATE runs SET state = 'failed', ended_at = ?, failure = ? WHERE key = ?`;
    context.driver.run(sql, context.now(), JSON.stringify(failure), Number(row['key']));
  });
}

/**
 * Asks the holder to stop. A run nobody holds is cancelled at once, and its former holder, should it wake, is fenced out. One that has ended
 * stays as it is, and it is kept that this was asked.
 */
export function requestCancel(context: StoreContext, id: string): RunSummary {
  return context.write(() => {
    const row = findRun(context, id);
    context.driver.run('UPDATE runs SET cancel_requested = 1 WHERE key = ?', Number(row['key']));
    if (isUnfinished(row) && !isHeld(row, context)) {
      const sql = `UPDATE runs SET state = 'cancelled', ended_at = ?, lease_until = NULL WHERE key = ?`;
      context.driver.run(sql, context.now(), Number(row['key']));
    }
    return toSummary(context, findRun(context, id));
  });
}

/** Takes back that a run was asked to stop. */
export function forgetCancel(context: StoreContext, id: string): void {
  change(context, id, 'cancel_requested = ?', 0);
}

/** The run with this id, or the only one whose id begins so. Throws `run-not-found`. */
export function findRun(context: StoreContext, id: string): Row {
  const exact = context.driver.get('SELECT * FROM runs WHERE id = ?', id);
  if (exact !== undefined) return exact;
  const sql = 'SELECT * FROM runs WHERE id >= ?1 AND id < ?1 || char(1114111) LIMIT 2';
  const [first, second] = id === '' ? [] : context.driver.all(sql, id);
  if (first !== undefined && second === undefined) return first;
  const message =
    first === undefined ? `There is no run ${id} in ${context.folder}.` : `Several runs begin with ${id}.`;
  const remedy =
    first === undefined
      ? 'See `aiwb runs list` (and --store for another store).'
      : 'Give more of its id; see `aiwb runs list`.';
  throw new WorkbenchError('run-not-found', message, { remedy });
}

export function findVariants(context: StoreContext, run: number): VariantRecord[] {
  return context.driver.all('SELECT * FROM lanes WHERE run = ? ORDER BY variant', run).map(row => ({
    variant: Number(row['variant']),
    model: String(row['model']),
    modelDigest: String(row['model_digest']),
    ...(row['prompt'] === null ? {} : { prompt: String(row['prompt']) }),
    ...(row['prompt_digest'] === null ? {} : { promptDigest: String(row['prompt_digest']) }),
  }));
}

/** A run as lists show it. Its state is derived here: a run whose holder is gone is lost, whatever its row says. */
export function toSummary(context: StoreContext, row: Row): RunSummary {
  const state = deriveState(context, row);
  return {
    id: String(row['id']),
    name: String(row['name']),
    file: String(row['file']),
    kind: row['kind'] as RunSummary['kind'],
    ...(row['cell'] === null ? {} : { cell: String(row['cell']) }),
    state,
    origin: row['origin'] as RunOrigin,
    createdAt: Number(row['created_at']),
    ...(row['started_at'] === null ? {} : { startedAt: Number(row['started_at']) }),
    ...(row['ended_at'] === null ? {} : { endedAt: Number(row['ended_at']) }),
    archived: row['archived'] === 1,
    resumable: state === 'failed' || state === 'lost' || (state === 'cancelled' && !wasNeverBegun(row)),
    ...(row['host'] === null ? {} : { host: String(row['host']), pid: Number(row['pid']) }),
    progress: JSON.parse(String(row['progress'])) as RunProgress,
    headlines: JSON.parse(String(row['headlines'])) as Headline[],
    ...(row['gate'] === null ? {} : { gate: row['gate'] as NonNullable<RunSummary['gate']> }),
    ...parsed<RunSummary, 'failure'>('failure', row['failure']),
  };
}

export function isUnfinished(row: Row): boolean {
  return row['state'] === 'queued' || row['state'] === 'provisioning' || row['state'] === 'running';
}

/** A run cancelled in the queue has nothing to resume; its late process must not bring it back. */
export function wasNeverBegun(row: Row): boolean {
  return row['epoch'] === 0;
}

function deriveState(context: StoreContext, row: Row): RunState {
  if (!isUnfinished(row)) return row['state'] as RunState;
  if (row['state'] === 'queued') return context.now() - Number(row['created_at']) > queueLife ? 'lost' : 'queued';
  if (!isHeld(row, context)) return 'lost';
  return row['cancel_requested'] === 1 ? 'cancelling' : (row['state'] as RunState);
}

function change(context: StoreContext, id: string, assignment: string, value: string | number): RunSummary {
  return context.write(() => {
    const row = findRun(context, id);
    context.driver.run(`UPDATE runs SET ${assignment} WHERE key = ?`, value, Number(row['key']));
    return toSummary(context, findRun(context, id));
  });
}

/** A stored JSON text as the field of this name; nothing when there is none. */
function parsed<Type, Name extends keyof Type & string>(name: Name, json: unknown): Partial<Pick<Type, Name>> {
  return typeof json === 'string' ? ({ [name]: JSON.parse(json) as Type[Name] } as Pick<Type, Name>) : {};
}
