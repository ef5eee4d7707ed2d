import type { EpochRecord, TrainingRecord } from '../../engine/ports/store.ts';
import type { Checkpoint, EpochPoint, RunProgress } from '../../schemas/generated/messages.ts';
import type { StoreContext } from './context.ts';
import { renewLease, type LeaseKey } from './leases.ts';
import { findRun } from './runs.ts';

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
    driver.run('DELETE FROM checkpoints WHERE run = ?', run);
    const insert = driver.prepare(
      'INSERT INTO checkpoints (run, epoch, digest, bytes, best, last) VALUES (?, ?, ?, ?, ?, ?)',
    );
    for (const { epoch: at, digest, bytes, best, last } of epoch.checkpoints) {
      insert.run(run, at, digest, bytes, Number(best), Number(last));
    }
    const kept = new Set(listDigests(context, run));
    return before.filter(digest => !kept.has(digest));
  });
}

/** Content a run's training refers to: its checkpoints and the state to go on from. */
function listDigests({ driver }: StoreContext, run: number): string[] {
  const sql = 'SELECT digest FROM checkpoints WHERE run = ?1 UNION SELECT digest FROM training_states WHERE run = ?1';
  return driver.all(sql, run).map(row => String(row['digest']));
}

/** Forgets the state to go on from: a run that has succeeded is not resumed. Gives its digest. */
export function dropTrainingState(context: StoreContext, id: string): string[] {
  return context.write(() => {
    const run = Number(findRun(context, id)['key']);
    const rows = context.driver.all('SELECT digest FROM training_states WHERE run = ?', run);
    context.driver.run('DELETE FROM training_states WHERE run = ?', run);
    return rows.map(row => String(row['digest']));
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
    return {
      epochs: driver
        .all('SELECT point FROM training_epochs WHERE run = ? ORDER BY epoch', run)
        .map(row => JSON.parse(String(row['point'])) as EpochPoint),
      checkpoints: listCheckpoints(context, run),
      ...(state === undefined ? {} : { stateDigest: String(state['digest']) }),
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

function listCheckpoints(context: StoreContext, run: number): Checkpoint[] {
  return context.driver.all('SELECT * FROM checkpoints WHERE run = ? ORDER BY epoch', run).map(row => ({
    epoch: Number(row['epoch']),
    digest: String(row['digest']),
    bytes: Number(row['bytes']),
    best: row['best'] === 1,
    last: row['last'] === 1,
  }));
}
