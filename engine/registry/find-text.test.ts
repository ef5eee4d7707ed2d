import assert from 'node:assert/strict';
import type { HeadlineFigure, RegistryEntry, VersionRow } from '../../schemas/generated/messages.ts';
import { notesOnFound, renderFound, renderRegistries } from './find-text.ts';

const figure = (changes: Partial<HeadlineFigure>): HeadlineFigure => ({
  ...{ name: 'core_accuracy', label: 'Accuracy', value: 0.9, unit: 'ratio', direction: 'higher', scope: 'baseline' },
  ...changes,
});
const version = (changes: Partial<VersionRow>): VersionRow => ({
  ...{ registry: 'ops', model: 'whisper', version: '3', status: 'approved', state: 'LIVE', aliases: [], createdAt: 1 },
  figures: [],
  ...changes,
});
const now = 10 * 3_600_000;

describe('what was found, in text', () => {
  it('puts dataset and hardware beside every figure', () => {
    const figures = [
      figure({ n: 500, dataset: 'core.jsonl', datasetDigest: 'a'.repeat(64), hardware: '8 × NVIDIA H100' }),
      figure({ value: 0.8, datasetDigest: 'b'.repeat(64), scope: 'custom' }),
      figure({ name: 'ttft_p90', value: 180, unit: 'ms' }),
    ];
    const found = [{ registry: 'ops', rows: [{ version: version({ figures }) }], total: 1, more: false }];
    const lines = renderFound(found)
      .split('\n')
      .slice(2)
      .map(line => line.trim().split(/ {2,}/));
    assert.deepEqual(lines, [
      ['ops/whisper', '3', 'approved', 'core_accuracy', '0.900', '500', 'core.jsonl aaaaaaaaaaaa', '8 × NVIDIA H100'],
      ['core_accuracy (custom)', '0.800', '–', 'bbbbbbbbbbbb', 'not told'],
      ['ttft_p90', '180 ms', '–', 'not told', 'not told'],
    ]);
  });

  it('lets nothing that others wrote steer a terminal', () => {
    const hostile = 'a\u001b[2Jb\nc\u202e';
    const row = version({
      model: hostile,
      version: hostile,
      aliases: [hostile],
      figures: [figure({ dataset: hostile })],
    });
    const text = renderFound([{ registry: 'ops', rows: [{ version: row }], total: 1, more: false }]);
    assert.equal(text.split('\n').length, 3);
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('tells the age of what it shows, what was not understood, and what is missing', () => {
    const notes = notesOnFound(
      [
        {
          registry: 'ops',
          rows: [{}, {}],
          total: 1200,
          more: true,
          cachedAt: now - 7_200_000,
          unmatched: ['colour:red'],
        },
        {
          registry: 'lab',
          rows: [],
          total: 0,
          more: false,
          failure: { code: 'registry-unreachable', message: 'Gone.' },
        },
      ],
      now,
    );
    assert.match(notes.join('\n'), /ops: as it was 2 h.* ago.*\n.*colour:red.*\n.*2 of 1,200 are shown.*\nlab.*Gone/);
    const [asked] = notesOnFound([{ registry: 'lab', rows: [{}], total: 1, more: false }], now);
    assert.match(asked ?? '', /lab: asked just now/);
    assert.deepEqual(notesOnFound([{ registry: 'local', rows: [{}], total: 1, more: false }], now), []);
  });

  it('lists registries with the age of what is known of each', () => {
    const entry = (name: string, cache: RegistryEntry['cache']): RegistryEntry => ({
      ...{ name, type: name === 'local' ? 'local' : 'kubeflow', cache },
      capabilities: {
        ...{ archivesModels: true, archivesVersions: false, aliases: 'native', keepsContent: false },
        ...{ serverFilters: [], atomic: false },
      },
    });
    const text = renderRegistries(
      [
        entry('local', { models: 1, versions: 2 }),
        entry('ops', {
          models: 10_000,
          versions: 50_000,
          syncedAt: now - 60_000,
          failure: { code: 'x', message: 'y' },
        }),
        entry('lab', { models: 0, versions: 0, syncing: true }),
      ],
      now,
    );
    assert.match(text, /local .* always current/);
    assert.match(text, /ops .* 10,000 +50,000 +.* ago; the last reading failed/);
    assert.match(text, /lab .* never read; being read/);
  });
});
