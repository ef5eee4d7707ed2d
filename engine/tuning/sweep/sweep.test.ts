import assert from 'node:assert/strict';
import { createStepClock } from '../../../test/fakes/machines.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { RunRecord } from '../../ports/store.ts';
import type { RunState } from '../../../schemas/generated/messages.ts';
import type { TaggedJob } from '../platform.ts';
import { findOrphans, terminateOrphans, type SweptPlatform } from './sweep.ts';

const never = new AbortController().signal;
const running = '20261130-101112-aaaaa';
const ended = '20261130-101112-bbbbb';
const lost = '20261130-101112-ccccc';
const elsewhere = '20261130-101112-ddddd';

function storeOf(states: Record<string, RunState>) {
  return {
    getRun: (id: string): Promise<RunRecord> => {
      const state = states[id];
      if (state === undefined) return Promise.reject(new WorkbenchError('run-not-found', `There is no run ${id}.`));
      return Promise.resolve({ summary: { id, state } } as unknown as RunRecord);
    },
  };
}

interface Pods extends SweptPlatform {
  readonly jobs: TaggedJob[];
  readonly terminated: string[];
}

function createPods(tags: readonly string[], lag = 0): Pods {
  const jobs: TaggedJob[] = tags.map((tag, index) => ({
    id: `p${String(index + 1)}`,
    tag,
    raw: 'RUNNING',
    ended: false,
    hourlyPrice: 2,
  }));
  const terminated: string[] = [];
  let shows = lag;
  return {
    name: 'pods',
    type: 'runpod',
    jobs,
    terminated,
    inventory: {
      list: () => Promise.resolve(jobs.filter(({ id }) => !terminated.includes(id) || shows-- > 0)),
      terminate: id => {
        terminated.push(id);
        return Promise.resolve();
      },
    },
  };
}

describe('a sweep', () => {
  const states: Record<string, RunState> = { [running]: 'running', [ended]: 'failed', [lost]: 'lost' };
  const ports = () => ({ store: storeOf(states), clock: createStepClock() });
  const tags = [running, ended, lost, elsewhere].map(id => `aiwb-${id}`);

  it('tells what belongs to a run under way, what to none, and what to nobody it knows', async () => {
    const pods = createPods([...tags, `aiwb-${ended}-2`, 'aiwb-notes']);
    const { jobs, platforms, failures } = await findOrphans([pods], ports(), never);
    assert.deepEqual(
      jobs.map(({ id, verdict, runId }) => [id, verdict, runId]),
      [
        ['p1', 'in-use', running],
        ['p2', 'orphan', ended],
        ['p3', 'orphan', lost],
        ['p4', 'foreign', undefined],
        ['p5', 'orphan', ended],
        ['p6', 'foreign', undefined],
      ],
    );
    assert.deepEqual([platforms, failures], [['pods'], []]);
    assert.match(jobs[2]?.why ?? '', /Resuming the run goes on with it/);
    assert.deepEqual(pods.terminated, [], 'looking ends nothing');
  });

  it('tells what a run goes on from apart from what is left of one that succeeded', async () => {
    const succeeded = '20261130-101112-eeeee';
    const more: Record<string, RunState> = { ...states, [succeeded]: 'succeeded' };
    const storage = createPods([...tags, `aiwb-${succeeded}`]);
    for (const [at, job] of storage.jobs.entries()) storage.jobs[at] = { ...job, isSaved: true };
    const { jobs } = await findOrphans([storage], { store: storeOf(more), clock: createStepClock() }, never);
    assert.deepEqual(
      jobs.map(({ verdict }) => verdict),
      ['in-use', 'saved', 'saved', 'foreign', 'orphan'],
    );
    assert.match(jobs[1]?.why ?? '', /goes on from this when it is resumed/);
  });

  it('leaves out what has ended and costs nothing', async () => {
    const pods = createPods(tags);
    pods.jobs[1] = { ...(pods.jobs[1] ?? assert.fail()), ended: true };
    const { jobs } = await findOrphans([pods], ports(), never);
    assert.deepEqual(
      jobs.map(({ id }) => id),
      ['p1', 'p3', 'p4'],
    );
  });

  it('ends what is named, and never what is in use', async () => {
    const pods = createPods(tags, 3);
    const wanted = pods.jobs.map(({ id }) => ({ platform: 'pods', id }));
    const { jobs, failures } = await terminateOrphans([pods], wanted, ports(), never);
    assert.deepEqual(pods.terminated, ['p2', 'p3', 'p4']);
    assert.deepEqual(
      jobs.map(({ id, terminated }) => [id, terminated ?? false]),
      [
        ['p1', false],
        ['p2', true],
        ['p3', true],
        ['p4', true],
      ],
    );
    assert.deepEqual(failures, []);
  });

  it('looks again just before: a run that was resumed in the meantime keeps its machine', async () => {
    const pods = createPods([`aiwb-${lost}`]);
    const current = { ...states };
    const resumed = { store: storeOf(current), clock: createStepClock() };
    assert.equal((await findOrphans([pods], resumed, never)).jobs[0]?.verdict, 'orphan');
    current[lost] = 'running';
    await terminateOrphans([pods], [{ platform: 'pods', id: 'p1' }], resumed, never);
    assert.deepEqual(pods.terminated, []);
  });

  it('says so when a machine is still shown minutes after its end', async () => {
    const pods = createPods([`aiwb-${ended}`], 1000);
    const { jobs, failures } = await terminateOrphans([pods], [{ platform: 'pods', id: 'p1' }], ports(), never);
    assert.deepEqual(jobs, []);
    assert.match(failures[0]?.message ?? '', /p1 of pods was ended and is still there: it may cost money/);
  });

  it('asks the other platforms where one cannot be asked', async () => {
    const broken: SweptPlatform = {
      name: 'broken',
      type: 'denvr',
      inventory: {
        list: () => Promise.reject(new WorkbenchError('platform-refused', 'Wrong password.', { remedy: 'Check it.' })),
        terminate: () => Promise.resolve(),
      },
    };
    const { jobs, failures } = await findOrphans([broken, createPods([`aiwb-${ended}`])], ports(), never);
    assert.equal(jobs.length, 1);
    assert.deepEqual(failures, [{ platform: 'broken', message: 'Wrong password.', remedy: 'Check it.' }]);
  });
});
