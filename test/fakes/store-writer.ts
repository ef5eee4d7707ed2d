// A process of its own that writes samples to a store until it is done or killed: `node store-writer.ts FOLDER RUN COUNT`.
// It tells each batch that was committed on its standard output, as the number of samples so far.
import { createClock } from '../../platform/host/clock.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { openStore } from '../../platform/store/store.ts';
import { makePlan, makeProgress, makeSamples } from './runs.ts';

const [folder = '', run = '', count = '0'] = process.argv.slice(2);
const batch = 20;
const store = await openStore({ folder, clock: createClock() });
const writer = await store.openWriter(run, describeHost());
await writer.begin(makePlan());
const { total } = await store.querySamples({ runId: run, limit: 1 });
for (let row = Math.max(0, total - batch); row < Number(count); row += batch) {
  await writer.append(makeSamples(batch, {}, row), makeProgress(row + batch));
  process.stdout.write(`${row + batch}\n`);
}
await writer.finish({ state: 'succeeded', progress: makeProgress(Number(count)), headlines: [] });
await store.close();
