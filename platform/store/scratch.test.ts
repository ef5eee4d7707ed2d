import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { openTuning } from '../../test/fakes/tuning.ts';
import { makeJob } from '../../test/fakes/tuning.ts';

describe('what trainers have left', () => {
  it('is removed with the garbage, but for runs that can go on', async () => {
    const world = await openTuning();
    try {
      const tuning = path.join(world.store.path, 'tuning');
      const laid = (name: string): string => {
        const folder = path.join(tuning, name);
        mkdirSync(folder, { recursive: true });
        return folder;
      };
      const queued = await world.create(makeJob());
      const succeeded = await world.run(makeJob());
      assert.equal(succeeded.summary.state, 'succeeded');
      const resumable = laid(`aiwb-${queued.summary.id}`);
      const done = laid(`aiwb-${succeeded.summary.id}`);
      const gone = laid('aiwb-20200101-000000-aaaaa');
      const [young, old] = [laid('models/young'), laid('models/old')];
      const before = new Date(Date.now() - 2 * 86_400_000);
      utimesSync(old, before, before);
      await world.store.collectGarbage(0);
      assert.deepEqual([resumable, done, gone, young, old].map(existsSync), [true, false, false, true, false]);
    } finally {
      await world.close();
      rmSync(world.folder, { recursive: true, force: true });
    }
  });
});
