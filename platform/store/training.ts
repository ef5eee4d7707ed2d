import type {
  EpochRecord,
  ListedPlatformJob,
  TrainingNews,
  TrainingOutcome,
  TrainingRecord,
} from '../../engine/ports/training.ts';
import type { Checkpoint, EpochPoint, PlatformJob, RunProgress } from '../../schemas/generated/messages.ts';
import { writeDurably, type StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { keepLease, renewLease, type LeaseKey } from './leases.ts';
import { findRun, toSummary } from './runs.ts';

type UsedResources = NonNullable<TrainingRecord['used']>;

/**
 * Stores an ended epoch, its checkpoints, the state to go on from, what this attempt has used so far, and progress, all in one
 * transaction. Epochs after it belong to training that was begun over, and go. Gives the digests of what it replaced.
 */
export function saveEpoch(
  context: StoreContext,
  lease: LeaseKey,
  epoch: EpochRecord,
  used: UsedResources,
  progress: RunProgress,
): string[] {
  return context.write(() => {
    renewLease(context, lease, progress);
    const { driver } = context;
    const run = Number(findRun(context, lease.runId)['key']);
    const before = listDigests(context, run);
    driver.run('DELETE FROM training_epochs WHERE run = ? AND epoch >= ?', run, epoch.point.epoch);
    driver.run(
      'INSERT INTO training_epochs (run, epoch, point) VALUES (?, ?, ?)',
      ...[run, epoch.point.epoch, JSON.stringify(epoch.point)],
    );
    if (epoch.stateDigest !== undefined)
      driver.run('INSERT OR REPLACE INTO training_states (run, digest) VALUES (?, ?)', run, epoch.stateDigest);
    driver.run(
      'INSERT OR REPLACE INTO training_usage (run, lease, wall_seconds, cpu_seconds, peak_memory_bytes) VALUES (?, ?, ?, ?, ?)',
      ...[run, lease.epoch, used.wallSeconds, used.cpuSeconds, used.peakMemoryBytes],
    );
    replaceCheckpoints(context, run, epoch.checkpoints);
    const kept = new Set(listDigests(context, run));
    return before.filter(digest => !kept.has(digest));
  });
}

function replaceCheckpoints({ driver }: StoreContext, run: number, checkpoints: readonly Checkpoint[]): void {
  driver.run('DELETE FROM checkpoints WHERE run = ?', run);
  const insert = driver.prepare(
    'INSERT INTO checkpoints (run, epoch, digest, bytes, best, last, details) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { epoch, digest, bytes, best, last, ...details } of checkpoints) {
    const text = Object.keys(details).length === 0 ? null : JSON.stringify(details);
    insert.run(run, epoch, digest, bytes, Number(best), Number(last), text);
  }
}

/** Content a run's training refers to: its checkpoints with their files, the state to go on from, and the job's answers. */
function listDigests({ driver }: StoreContext, run: number): string[] {
  const sql = `SELECT digest FROM checkpoints WHERE run = ?1 UNION SELECT digest FROM training_states WHERE run = ?1
    UNION SELECT json_extract(value, '$.digest') FROM checkpoints, json_each(details, '$.files') WHERE run = ?1
    UNION SELECT json_extract(outcome, '$.answersDigest') FROM training_jobs WHERE run = ?1 AND outcome IS NOT NULL`;
  return driver.all(sql, run).flatMap(({ digest }) => (digest === null ? [] : [String(digest)]));
}

/** Stores what a platform was asked for. On disk when this returns. */
export function saveJob(context: StoreContext, lease: LeaseKey, job: PlatformJob): void {
  writeDurably(context, () => {
    keepLease(context, lease);
    keepInJob(context, lease, 'job', job);
  });
}

/** Stores what a job has told between its measurements. */
export function saveTraining(context: StoreContext, lease: LeaseKey, { losses, usage }: TrainingNews): void {
  context.write(() => {
    keepLease(context, lease);
    if (losses !== undefined) keepInJob(context, lease, 'losses', losses);
    if (usage !== undefined) keepInJob(context, lease, 'usage', usage);
  });
}

/** Stores a job's good end and all its checkpoints. On disk when this returns. Gives the digests of what they replaced. */
export function saveOutcome(
  context: StoreContext,
  lease: LeaseKey,
  outcome: TrainingOutcome,
  checkpoints: readonly Checkpoint[],
  progress: RunProgress,
): string[] {
  return writeDurably(context, () => {
    renewLease(context, lease, progress);
    const run = Number(findRun(context, lease.runId)['key']);
    const before = listDigests(context, run);
    keepInJob(context, lease, 'outcome', outcome);
    replaceCheckpoints(context, run, checkpoints);
    const kept = new Set(listDigests(context, run));
    return before.filter(digest => !kept.has(digest));
  });
}

function keepInJob(
  context: StoreContext,
  { runId }: LeaseKey,
  column: 'job' | 'losses' | 'usage' | 'outcome',
  value: object,
): void {
  context.driver.run(
    `INSERT INTO training_jobs (run, ${column}) VALUES (?, ?)
      ON CONFLICT (run) DO UPDATE SET ${column} = excluded.${column}`,
    ...[Number(findRun(context, runId)['key']), JSON.stringify(value)],
  );
}

/** What all runs have asked of platforms, newest run first. */
export function listPlatformJobs(context: StoreContext): ListedPlatformJob[] {
  const sql =
    'SELECT runs.*, training_jobs.job AS job FROM training_jobs JOIN runs ON runs.key = training_jobs.run WHERE job IS NOT NULL ORDER BY runs.created_at DESC, runs.key DESC';
  return context.driver.all(sql).map(row => {
    const { id, state } = toSummary(context, row);
    return { runId: id, state, job: JSON.parse(String(row['job'])) as PlatformJob };
  });
}

/** Forgets the state to go on from and the job's answers: a run that has succeeded is not resumed. Gives their digests. */
export function dropTrainingState(context: StoreContext, id: string): string[] {
  return context.write(() => {
    const run = Number(findRun(context, id)['key']);
    const before = listDigests(context, run);
    context.driver.run('DELETE FROM training_states WHERE run = ?', run);
    context.driver.run(`UPDATE training_jobs SET outcome = json_remove(outcome, '$.answersDigest') WHERE run = ?`, run);
    const kept = new Set(listDigests(context, run));
    return before.filter(digest => !kept.has(digest));
  });
}

/** What is stored of a run's training; `used` adds up its attempts. */
export function readTraining(context: StoreContext, id: string): TrainingRecord {
  const { driver } = context;
  return driver.read(() => {
    const run = Number(findRun(context, id)['key']);
    const state = driver.get('SELECT digest FROM training_states WHERE run = ?', run);
    const used = driver.get(
      `SELECT sum(wall_seconds) AS wall, sum(cpu_seconds) AS cpu, max(peak_memory_bytes) AS memory
        FROM training_usage WHERE run = ? HAVING count(*) > 0`,
      run,
    );
    const told = driver.get('SELECT * FROM training_jobs WHERE run = ?', run) ?? {};
    return {
      epochs: driver
        .all('SELECT point FROM training_epochs WHERE run = ? ORDER BY epoch', run)
        .map(row => JSON.parse(String(row['point'])) as EpochPoint),
      checkpoints: listCheckpoints(context, run),
      ...(state === undefined ? {} : { stateDigest: String(state['digest']) }),
      ...readKept<Pick<TrainingRecord, 'job' | 'losses' | 'usage' | 'outcome'>>(told, [
        'job',
        'losses',
        'usage',
        'outcome',
      ]),
      ...(used === undefined
        ? {}
        : {
            used: {
              wallSeconds: Number(used['wall']),
              cpuSeconds: Number(used['cpu']),
              peakMemoryBytes: Number(used['memory']),
            },
          }),
    };
  });
}

/** The columns that hold something, read as JSON. */
function readKept<Kept>(row: Row, columns: readonly (keyof Kept & string)[]): Kept {
  const kept = columns.flatMap(name => (typeof row[name] === 'string' ? [[name, JSON.parse(row[name])] as const] : []));
  return Object.fromEntries(kept) as Kept;
}

function listCheckpoints(context: StoreContext, run: number): Checkpoint[] {
  return context.driver.all('SELECT * FROM checkpoints WHERE run = ? ORDER BY epoch', run).map(row => ({
    epoch: Number(row['epoch']),
    digest: String(row['digest']),
    bytes: Number(row['bytes']),
    best: row['best'] === 1,
    last: row['last'] === 1,
    ...(typeof row['details'] === 'string' ? (JSON.parse(row['details']) as Partial<Checkpoint>) : {}),
  }));
}
