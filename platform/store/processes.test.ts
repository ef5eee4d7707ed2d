import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkLink } from '../../engine/audit/entry.ts';
import { auditOrigin, type AuditHead } from '../../engine/ports/ledger.ts';
import type { Store } from '../../engine/ports/store.ts';
import { makeStoreFolder, spec } from '../../test/fakes/runs.ts';
import { ada, makeVersion } from '../../test/fakes/registry.ts';
import { createClock } from '../host/clock.ts';
import { createDigest } from '../host/digest.ts';
import { openStore } from './store.ts';

const writerPath = fileURLToPath(new URL('../../test/fakes/store-writer.ts', import.meta.url));

const ledgerWriterPath = fileURLToPath(new URL('../../test/fakes/ledger-writer.ts', import.meta.url));

describe('the store between processes', function () {
  this.timeout(60_000);
  const clock = createClock();
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  it('loses nothing committed and counts nothing twice when writers are killed in the middle of batches', async () => {
    await store.createRun({ id: 'run', spec, createdAt: clock.now() });
    let committed = 0;
    for (let attempt = 0; attempt < 4; attempt++) {
      const writer = startWriter('run', 1_000_000);
      const told = readTold(writer);
      const enough = committed + 100;
      while (told.last < enough && writer.exitCode === null) await clock.sleep(5, new AbortController().signal);
      await kill(writer, told.error);
      committed = told.last;
      const { summary } = await store.getRun('run');
      assert.equal(summary.state, 'lost');
      const rows = await readRows('run');
      assert.ok(rows.length >= committed, `${rows.length} of ${committed}`);
      assert.equal(new Set(rows).size, rows.length);
      assert.deepEqual(
        [...rows].sort((a, b) => a - b),
        [...rows.keys()],
      );
      assert.equal(summary.progress.done, rows.length);
    }
  });

  it('lets several processes write at once', async () => {
    const runs = ['one', 'two', 'three'];
    for (const id of runs) await store.createRun({ id, spec, createdAt: clock.now() });
    const writers = runs.map(id => startWriter(id, 600));
    const ends = await Promise.all(writers.map(writer => ended(writer)));
    assert.deepEqual(ends, [0, 0, 0]);
    for (const id of runs) {
      assert.equal((await store.getRun(id)).summary.state, 'succeeded');
      assert.equal((await readRows(id)).length, 600);
    }
    assert.equal((await store.facts()).unreferencedRows, 0);
    const { signal } = new AbortController();
    const contents = await Promise.all(['one', 'three'].map(id => store.readColumns(id, 0, [], signal)));
    const [first, third] = contents.map(({ content }) => [...content].sort((a, b) => a - b));
    assert.deepEqual(third, first);
  });

  it('shows a reader every commit of a writer as it goes', async () => {
    await store.createRun({ id: 'run', spec, createdAt: clock.now() });
    const reader = await openStore({ folder, clock, readOnly: true });
    const writer = startWriter('run', 1_000_000);
    const seen = new Set<number>();
    let done = 0;
    while (done < 200 && writer.exitCode === null) {
      seen.add(await reader.dataVersion());
      const { summary } = await reader.getRun('run');
      const { total } = await reader.querySamples({ runId: 'run', limit: 1 });
      assert.ok(summary.progress.done >= done && total >= summary.progress.done);
      done = summary.progress.done;
    }
    await kill(writer);
    assert.ok(seen.size > 2);
    await reader.close();
  });

  it('keeps the audit log without a gap when several processes append, even one that is killed', async () => {
    await store.registry.createVersion(makeVersion(), { name: 'ticket-triage' }, ada);
    const ends = ['a', 'b', 'c'].map(name => ended(startLedgerWriter(name, 40)));
    const victim = startLedgerWriter('victim', 1_000_000);
    while ((await store.ledger.list({ kind: 'attestation', limit: 1_000 })).length < 30) {
      assert.equal(victim.exitCode, null);
    }
    await kill(victim);
    assert.deepEqual(await Promise.all(ends), [0, 0, 0]);
    const { sha256 } = createDigest();
    let head: AuditHead = auditOrigin;
    const sealed: string[] = [];
    for (const line of await store.ledger.readAudit(0, 100_000)) {
      assert.deepEqual(checkLink(line, head, sha256), []);
      head = line.entry;
      if (line.entry.action === 'control.attested') sealed.push((JSON.parse(line.payload ?? '') as { id: string }).id);
    }
    const records = await store.ledger.list({ limit: 100_000 });
    assert.deepEqual(sealed, records.map(record => record.id).reverse());
    for (const name of ['a', 'b', 'c']) assert.equal(sealed.filter(id => id.startsWith(`${name}-`)).length, 40);
  });

  function startLedgerWriter(name: string, count: number): ChildProcess {
    const flags = ['--disable-warning=ExperimentalWarning', ledgerWriterPath, folder, name, String(count)];
    return spawn(process.execPath, flags, { stdio: 'ignore' });
  }

  function startWriter(run: string, count: number): ChildProcess {
    const flags = ['--disable-warning=ExperimentalWarning', writerPath, folder, run, String(count)];
    return spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  async function readRows(run: string): Promise<number[]> {
    const rows: number[] = [];
    for await (const batch of store.readSamples(run, new AbortController().signal)) {
      for (const sample of batch) rows.push(sample.row);
    }
    return rows;
  }
});

interface Told {
  last: number;
  error: string;
}

function readTold(writer: ChildProcess): Told {
  const told: Told = { last: 0, error: '' };
  writer.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told.last = Number(text.trim().split('\n').at(-1));
  });
  writer.stderr?.setEncoding('utf8').on('data', (text: string) => (told.error += text));
  return told;
}

async function kill(writer: ChildProcess, error = ''): Promise<void> {
  assert.equal(writer.exitCode, null, `the writer ended by itself: ${error}`);
  const gone = ended(writer);
  writer.kill('SIGKILL');
  await gone;
}

function ended(writer: ChildProcess): Promise<number | null> {
  return new Promise(resolve => writer.once('close', resolve));
}
