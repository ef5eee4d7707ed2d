import assert from 'node:assert/strict';
import type { PlatformJob } from '../../../../schemas/generated/messages.ts';
import { createSeeded } from '../../../../test/fakes/seeded.ts';
import {
  live,
  makeServiceBundle,
  openService,
  trainOnService,
  type Life,
  type ServiceWorld,
  type ServiceWorldOptions,
} from '../../../../test/fakes/service-jobs.ts';

const immortal: Life = { dies: () => false };

/** Dies at its step number `last`; `steps` are those it has lived through. */
function lifeOf(last: number): Life & { readonly steps: string[]; readonly death: Promise<void> } {
  const steps: string[] = [];
  let die = (): void => undefined;
  const death = new Promise<void>(resolve => {
    die = resolve;
  });
  return {
    steps,
    death,
    dies(step) {
      if (steps.length >= last) return true;
      steps.push(step);
      if (steps.length < last) return false;
      die();
      return true;
    },
  };
}

/** One process from its start to its end or its death. */
async function liveThrough(world: ServiceWorld, life: Life, death: Promise<void>): Promise<boolean> {
  const mortal: ServiceWorld = {
    ...world,
    record: (job: PlatformJob) => live(life, `record ${job.state}`, () => world.record(job)),
  };
  const training = trainOnService(mortal, world.connect({}, life), makeServiceBundle());
  return Promise.race([training.then(events => events.some(({ type }) => type === 'result')), death.then(() => false)]);
}

/** Whatever dies when, in the end there is one job, and no file is left behind. */
async function requireWhole(world: ServiceWorld, lives: readonly string[]): Promise<void> {
  const { created, jobs, files } = world.server.book;
  const told = lives.join(' | ');
  assert.equal(created.jobs.length, 1, `jobs made, killed after: ${told}`);
  assert.equal(created.files.length, 2, `files uploaded, killed after: ${told}`);
  assert.deepEqual(
    [...jobs.values()].map(({ status }) => status),
    ['succeeded'],
    told,
  );
  assert.deepEqual(
    [...files.values()].filter(({ purpose }) => purpose === 'fine-tune'),
    [],
    `files left, killed after: ${told}`,
  );
}

describe('a fine-tuning service whose run is killed', () => {
  const kinds: readonly (readonly [string, ServiceWorldOptions])[] = [
    ['OpenAI', {}],
    ['Azure', { azure: true }],
    ['a service without metadata', { withoutMetadata: true }],
  ];
  for (const [name, options] of kinds) {
    it(`is resumed to one job and no lost file, wherever it dies (${name})`, async () => {
      let lastStep = '';
      for (let last = 1; ; last++) {
        const world = await openService(options);
        try {
          const life = lifeOf(last);
          const done = await liveThrough(world, life, life.death);
          if (!done) assert.ok(await liveThrough(world, immortal, new Promise(() => undefined)));
          await requireWhole(world, [life.steps.at(-1) ?? '']);
          lastStep = life.steps.at(-1) ?? '';
          if (!done) continue;
          assert.ok(last > 40, `It lived through only ${last} steps.`);
          break;
        } finally {
          await world.close();
        }
      }
      assert.match(lastStep, /^after DELETE/);
    });
  }

  it('is resumed through any number of deaths', async () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = createSeeded(seed);
      const world = await openService({ azure: seed % 2 === 0, withoutMetadata: seed % 3 === 0 });
      const deaths: string[] = [];
      try {
        for (let attempt = 0; ; attempt++) {
          const life = attempt > 30 ? lifeOf(Infinity) : lifeOf(1 + Math.floor(random() * 40));
          if (await liveThrough(world, life, life.death)) break;
          deaths.push(life.steps.at(-1) ?? '');
        }
        await requireWhole(world, deaths);
      } finally {
        await world.close();
      }
    }
  });
});
