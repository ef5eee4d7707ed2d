// A process of its own that appends records to a store's ledger until it is done or killed: `node ledger-writer.ts FOLDER NAME COUNT`.
import { createClock } from '../../platform/host/clock.ts';
import { openStore } from '../../platform/store/store.ts';
import { makeRecord } from './registry.ts';

const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const store = await openStore({ folder, clock: createClock() });
for (let number = 1; number <= Number(count); number++) {
  await store.ledger.append(makeRecord(`${name}-${number}`), [
    { type: 'alias', model: 'ticket-triage', alias: 'production', version: '1' },
  ]);
}
await store.close();
