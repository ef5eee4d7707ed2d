import assert from 'node:assert/strict';
import { startS3Server } from '../../../test/fakes/object-store-s3.ts';
import { storagePorts } from '../../../test/fakes/storage.ts';
import { createStorage } from '../storage/create-storage.ts';
import { createSavedInventory } from './saved-inventory.ts';

const never = new AbortController().signal;

describe('what runs have left in a storage', () => {
  it('is listed by run, with uploads that nobody completed, and removed by run', async () => {
    const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'secret' };
    const server = await startS3Server({ bucket: 'tuning', region: 'us-east-1', ...keys });
    try {
      const storage = createStorage(
        {
          type: 's3',
          bucket: 'tuning',
          prefix: 'team',
          endpoint: server.origin,
          accessKey: { env: 'KEY' },
          secretKey: { env: 'SECRET' },
        },
        storagePorts({ KEY: keys.accessKey, SECRET: keys.secretKey }),
      );
      const inventory = createSavedInventory(storage);
      assert.deepEqual(await inventory.list(never), []);
      await storage.put('runs/aiwb-1/state-a.tar.0001', new Uint8Array(3 * 2 ** 20), never);
      await storage.put('runs/aiwb-1/made/events.jsonl', new Uint8Array(1), never);
      await storage.put('runs/aiwb-10/state.json', new Uint8Array(1), never);
      await storage.put('runs/notes.txt', new Uint8Array(1), never);
      await storage.put('models/aiwb-1/x', new Uint8Array(1), never);
      server.uploads.set('left', { key: 'team/runs/aiwb-1/bundle.tar', parts: new Map() });
      server.uploads.set('alone', { key: 'team/runs/aiwb-2/bundle.tar', parts: new Map() });
      const listed = await inventory.list(never);
      assert.deepEqual(
        listed.map(({ id, tag, raw, isSaved }) => [id, tag, raw, isSaved]),
        [
          ['runs/aiwb-1', 'aiwb-1', '4 MiB in 2 objects, 1 unfinished upload', true],
          ['runs/aiwb-10', 'aiwb-10', '1 MiB in 1 object', true],
          ['runs/aiwb-2', 'aiwb-2', '0 MiB in 0 objects, 1 unfinished upload', true],
        ],
      );
      await inventory.terminate('runs/aiwb-1', never);
      await inventory.terminate('runs/aiwb-2', never);
      assert.deepEqual(
        (await inventory.list(never)).map(({ tag }) => tag),
        ['aiwb-10'],
      );
      assert.deepEqual([...server.uploads.keys()], []);
      assert.ok(server.objects.has('team/models/aiwb-1/x'));
    } finally {
      await server.close();
    }
  });
});
