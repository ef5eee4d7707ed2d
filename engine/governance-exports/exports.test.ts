import assert from 'node:assert/strict';
import { scorecardFormats, type ScorecardFormat } from '../../schemas/scorecard-formats.ts';
import { validateCycloneDx, validateSarif } from '../../test/fakes/published-schemas.ts';
import { hostile, makeHostile, makeSource, makeView, sha256 } from '../../test/fakes/scorecards.ts';
import { refused } from '../../test/fakes/assessable.ts';
import { readXml } from '../../test/fakes/xml-reader.ts';
import type { Digest } from '../ports/digest.ts';
import { renderExport, type RenderTools } from './render.ts';
import type { ExportSource } from './source.ts';

const { signal } = new AbortController();
const tools: RenderTools = {
  digest: { sha256: (data: string) => sha256(data) } as Digest,
  pageAssets: () => Promise.resolve({ script: 'void 0;', nonce: 'n' }),
  printer: { printPdf: html => Promise.resolve(new TextEncoder().encode(html)) },
};

async function render(source: ExportSource, format: ScorecardFormat): Promise<string> {
  const content = await renderExport(source, format, tools, signal);
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}

const readers: readonly ScorecardFormat[] = ['markdown', 'model-card', 'csv', 'junit', 'sarif', 'oscal', 'cyclonedx'];

describe('exports of an assessment', () => {
  it('are the same file for the same record', async () => {
    for (const format of scorecardFormats) {
      assert.equal(await render(makeSource(), format), await render(makeSource(), format), format);
    }
  });

  it('fit the schemas of their formats, whatever the record holds', async () => {
    for (const source of [makeSource(), makeHostile(), makeSource({ policies: [] })]) {
      assert.deepEqual(validateSarif(JSON.parse(await render(source, 'sarif'))), []);
      const bom = JSON.parse(await render(source, 'cyclonedx')) as Record<string, unknown>;
      assert.deepEqual(validateCycloneDx('1.6')(bom), []);
      assert.deepEqual(validateCycloneDx('1.7')({ ...bom, specVersion: '1.7', $schema: undefined }), []);
      readXml(await render(source, 'junit'));
    }
  });

  it('would not fit them with a field that is missing', async () => {
    const log = JSON.parse(await render(makeSource(), 'sarif')) as { runs: { tool?: unknown }[] };
    delete log.runs[0]?.tool;
    assert.match(validateSarif(log).join(), /tool/);
    const bom = JSON.parse(await render(makeSource(), 'cyclonedx')) as Record<string, unknown>;
    assert.notDeepEqual(validateCycloneDx('1.6')({ ...bom, specVersion: 1 }), []);
  });

  it('name every control that failed', async () => {
    for (const format of readers) {
      const text = await render(makeSource(), format);
      for (const id of ['CARD', 'INJ', 'LOOK']) assert.ok(text.includes(id), `${format} lacks ${id}`);
    }
  });

  it('tell a waiver with its reason wherever they tell what it waives', async () => {
    for (const format of readers.filter(each => each !== 'csv')) {
      assert.match(await render(makeSource(), format), /Known, and small/, format);
    }
    assert.match(await render(makeSource(), 'csv'), /waiver-1/);
  });

  it('hold nothing that steers a terminal, turns text around or is markup', async () => {
    for (const format of readers) {
      const text = await render(makeHostile(), format);
      assert.ok(text.includes('cmd'), format);
      assert.doesNotMatch(text.replaceAll(/\r?\n/g, ''), /[\u0000-\u001f\u007f-\u009f\u202e]/, format);
    }
    for (const format of ['markdown', 'model-card', 'junit'] as const)
      assert.doesNotMatch(await render(makeHostile(), format), /<\/script>|<b onload/, format);
    for (const format of ['markdown', 'model-card'] as const)
      assert.doesNotMatch(await render(makeHostile(), format), /[^\\]\[a\]\(javascript/, format);
    assert.doesNotMatch(await render(makeHostile(), 'html'), /<b onload/);
  });

  it('are not made of a record that was changed, where nobody would see it', async () => {
    const view = makeView();
    const changed = { ...view.scorecard, record: { ...view.scorecard.record, score: 100 } };
    const source = makeSource(
      {},
      { view: { ...view, scorecard: changed, verification: { state: 'tampered', sentence: 'Changed.' } } },
    );
    for (const format of scorecardFormats) {
      if (['json', 'html', 'pdf', 'markdown'].includes(format)) await render(source, format);
      else await assert.rejects(render(source, format), refused('record-tampered', /is not exported as/));
    }
  });

  it('reach the printer as the page, and nothing else does', async () => {
    assert.equal(await render(makeSource(), 'pdf'), await render(makeSource(), 'html'));
    assert.ok(!(await render(makeSource(), 'csv')).includes(hostile));
  });
});
