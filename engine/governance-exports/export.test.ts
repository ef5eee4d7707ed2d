import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { signal } from '../../test/fakes/governed.ts';
import { validateCycloneDx, validateSarif } from '../../test/fakes/published-schemas.ts';
import { scorecardFormats } from '../../schemas/scorecard-formats.ts';
import { WorkbenchError } from '../base/errors.ts';
import { gatherAssessment, gatherScorecard } from './gather.ts';
import { renderExport } from './render.ts';
import { exportAssessmentAs, writeExports, type ExportTools } from './export.ts';
import { readScorecardFile, viewScorecard } from '../governance/scorecard.ts';

describe('exporting a stored assessment', () => {
  let world: Assessable;
  let id: string;
  let tools: ExportTools;
  before(async () => {
    world = await openAssessable();
    id = (await world.recordOf()).id;
    tools = {
      folder: world.folder,
      pageAssets: () => Promise.resolve({ script: 'void 0;', nonce: 'n' }),
      printer: { printPdf: html => Promise.resolve(new TextEncoder().encode(`%PDF-${html.length}`)) },
    };
  });
  after(() => world.close());
  const read = (name: string): string => readFileSync(world.file(name), 'utf8');

  it('writes each format whole', async () => {
    for (const format of scorecardFormats) {
      await exportAssessmentAs(id, [{ format, path: world.file(`out/${format}`) }], world.ports, tools, signal);
      assert.ok(read(`out/${format}`).length > 0, format);
    }
    assert.deepEqual(validateSarif(JSON.parse(read('out/sarif'))), []);
    assert.deepEqual(validateCycloneDx('1.6')(JSON.parse(read('out/cyclonedx'))), []);
  });

  it('finds the lines of the policies, and what the registry knows of the version', async () => {
    const source = await gatherAssessment(id, ['sarif', 'cyclonedx'], world.folder, world.ports, signal);
    const lines = readFileSync(world.file('policies/corp.policy.yaml'), 'utf8').split('\n');
    const record = source.view.scorecard.record;
    assert.equal(source.places.size, record.controls.length);
    for (const { id: control, policy } of record.controls) {
      const place = source.places.get(JSON.stringify([policy, control]));
      assert.equal(lines[(place?.line ?? 0) - 1]?.slice((place?.column ?? 0) - 1), control);
    }
    assert.equal(source.subject?.version.version, '1');
    assert.match(source.card ?? '', /Routing of tickets/);
    const bill = await renderExport(source, 'cyclonedx', { ...tools, digest: world.ports.digest }, signal);
    assert.match(String(bill), /Routing of tickets/);
  });

  it('looks at no policy outside of the folder, and at none that moved', async () => {
    const view = viewScorecard(await scorecardOf(), world.ports.digest);
    const { record } = view.scorecard;
    const asked: string[] = [];
    const files = {
      ...world.ports.files,
      readText: (path: string) => {
        asked.push(path);
        return Promise.reject(new WorkbenchError('file-not-found', path));
      },
    };
    const policies = record.policies.map((policy, index) => ({
      ...policy,
      path: index === 0 ? '../../etc/passwd' : 'moved.policy.yaml',
    }));
    const changed = { ...view, scorecard: { ...view.scorecard, record: { ...record, policies } } };
    const source = await gatherScorecard(
      changed,
      ['sarif'],
      world.folder,
      { files, digest: world.ports.digest },
      signal,
    );
    assert.equal(source.places.size, 0);
    assert.ok(
      asked.every(path => path.startsWith(world.folder)),
      asked.join(),
    );
  });

  it('says the same from the scorecard file alone, but for what only the registry knows', async () => {
    const view = viewScorecard(await scorecardOf(), world.ports.digest);
    const fromFile = await gatherScorecard(view, ['sarif'], world.folder, world.ports, signal);
    const own = { ...tools, digest: world.ports.digest };
    for (const format of ['csv', 'sarif', 'oscal', 'junit', 'markdown'] as const)
      assert.equal(await renderExport(fromFile, format, own, signal), read(`out/${format}`), format);
    assert.deepEqual(
      validateCycloneDx('1.6')(JSON.parse((await renderExport(fromFile, 'cyclonedx', own, signal)) as string)),
      [],
    );
  });

  it('writes nothing where one of several cannot be made', async () => {
    const failing: ExportTools = {
      ...tools,
      printer: { printPdf: () => Promise.reject(new WorkbenchError('program-failed', 'No browser.')) },
    };
    const targets = [
      { format: 'csv' as const, path: world.file('none/a.csv') },
      { format: 'pdf' as const, path: world.file('none/a.pdf') },
    ];
    await assert.rejects(
      exportAssessmentAs(id, targets, world.ports, failing, signal),
      refused('program-failed', /No browser/),
    );
    assert.equal(existsSync(world.file('none')), false);
  });

  it('stops where it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const source = await gatherAssessment(id, ['csv'], world.folder, world.ports, signal);
    const target = { format: 'csv' as const, path: world.file('none/b.csv') };
    await assert.rejects(writeExports(source, [target], world.ports, tools, controller.signal), { name: 'AbortError' });
    assert.equal(existsSync(world.file('none')), false);
  });

  async function scorecardOf() {
    return readScorecardFile(world.file('out/json'), world.ports.files, signal);
  }
});
