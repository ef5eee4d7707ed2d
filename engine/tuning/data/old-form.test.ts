import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeTickets, toJsonLines } from '../../../test/fakes/tuning.ts';
import type { Aspect, TuningDataset } from '../../../schemas/generated/files.ts';
import type { AspectName } from '../../../schemas/generated/messages.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { digestRows, readAspects } from '../rows.ts';

const { signal } = new AbortController();
const digest = createDigest();

const dataset = (file: string, more: Partial<TuningDataset> = {}): TuningDataset => ({
  path: file,
  input: 'text',
  target: 'topic',
  slices: ['channel'],
  split: { field: 'split', train: 'train', test: 'test' },
  ...more,
});

describe('the rows of a classifier’s tuning job', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-rows-'));
    const tickets = makeTickets(300);
    writeFileSync(path.join(folder, 'tickets.jsonl'), toJsonLines(tickets));
    const grouped = makeTickets(240, { seed: 5, prefix: ' noisy' }).map((row, index) => ({
      ...row,
      split: index % 12 < 9 ? 'train' : 'test',
      person: `p${String(index % 12)}`,
      number: index,
    }));
    writeFileSync(path.join(folder, 'noisy.jsonl'), toJsonLines(grouped));
    const csv = tickets.map(({ text, topic, channel, split }) => `"${text}",${topic},${channel},${split}\r\n`);
    writeFileSync(path.join(folder, 'tickets.csv'), `text,topic,channel,split\r\n${csv.join('')}`);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const describeAspects = async (aspects: Partial<Record<AspectName, Aspect>>) => {
    const read = await readAspects(
      Object.entries(aspects) as [AspectName, Aspect][],
      folder,
      createFiles(),
      digest,
      signal,
    );
    return read.map(({ name, weight, ...rows }) => [
      name,
      weight,
      ...(['training', 'validation', 'test'] as const).map(
        role =>
          `${String(rows[role].length)} ${digestRows(rows[role], digest).slice(0, 16)} ${digest.sha256(rows[role].map(({ line, content, group }) => `${String(line)} ${content} ${group}`).join('\n')).slice(0, 16)}`,
      ),
    ]);
  };

  // Digests that runs before other forms of rows have in their reports: the same job must go on giving the same.
  it('are those they always were', async () => {
    const noisy = dataset('noisy.jsonl', {
      slices: ['channel', 'number'],
      split: { field: 'split', train: 'train', test: 'test', validation: 0.3, group: 'person' },
    });
    assert.deepEqual(
      await describeAspects({
        'core-performance': { dataset: dataset('tickets.jsonl') },
        robustness: { dataset: noisy, weight: 2 },
      }),
      [
        [
          'core-performance',
          1,
          '181 6b9f429f9d02bd8a d16af808c3f5693e',
          '19 f5c9f8d7242c2b15 801ddf0aa1d13cfa',
          '100 7f9b9a2f50c96d0b 94417448ec589146',
        ],
        [
          'robustness',
          2,
          '120 dc9bd269f7d0f73c d7605c7892a94597',
          '60 e13f8cf5cd55dbc4 8962a5277ebe4b75',
          '60 c52e4e36f2e49616 dfbd864f89ae7593',
        ],
      ],
    );
    assert.deepEqual(
      await describeAspects({ 'core-performance': { datasets: [dataset('tickets.csv', { slices: [] })] } }),
      [
        [
          'core-performance',
          1,
          '181 abf6028a66b2627c dc4c31813517c7f1',
          '19 ff3b8e0e9289bfc1 f49bfb0fa2a02c82',
          '100 0c89a05586c790df 4c0e1f6710d358c4',
        ],
      ],
    );
  });
});
