import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { DraftPolicies } from '../../schemas/generated/messages.ts';
import { checkOf, openAssessable, refused } from '../../test/fakes/assessable.ts';
import { diagnoseFile } from '../diagnostics/diagnose.ts';
import { parseDocument } from '../documents/parse.ts';
import { runPolicyTests } from '../policy-tests/run.ts';
import { renderPolicyTests } from '../policy-tests/report.ts';
import { draftStarter, listStarters } from './starters.ts';

const files = createFiles();
const ports = { files, digest: createDigest() };
const signal = new AbortController().signal;
const templates = fileURLToPath(new URL('../../templates/policies', import.meta.url));
const ids = ['bank.ai-policy', 'eu.ai-act-high-risk', 'nist.ai-rmf', 'sg.genai', 'sg.mas-feat'];

const card = `---
owner: triage-team@x.example
license: mit
language: en
---
# Triage

${[
  'Intended use',
  'Limitations',
  'Impact',
  'Appeals',
  'Disclosure',
  'Explanations',
  'Consequences',
  'Personal attributes',
]
  .map(heading => `## ${heading}\n\nAs it is.\n`)
  .join('\n')}`;
const bench = (name: string, metrics = 'accuracy', slices = 'group'): string =>
  `name: ${name}\ndataset: {path: rows.jsonl, input: text, target: label, slices: [${slices}]}\nmodels: [embedded:linear]\nmetrics: [${metrics}]\n`;
const toxicity = 'accuracy, pii, {toxicity: {words: words.txt}}';

describe('starter policies', () => {
  let folder: string;
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const draft = (request: DraftPolicies) => draftStarter(request, files, templates, folder, signal);
  const writeDraft = async (request: DraftPolicies): Promise<readonly string[]> => {
    const drafted = await draft(request);
    for (const { file, text } of drafted.files) write(file, text);
    return drafted.files.map(({ file }) => file);
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-starters-'));
    for (const name of ['quality', 'robustness', 'fairness']) write(`${name}.bench.yaml`, bench(name));
    write('safety.bench.yaml', bench('safety', toxicity));
    write('rows.jsonl', '{"text":"a","label":"b","group":"c"}\n'.repeat(4));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are listed with what they are for, what they build on and which names to replace', async () => {
    const listed = await listStarters(files, templates, signal);
    assert.deepEqual(listed.map(({ id }) => id).sort(), ids);
    const bank = listed.find(({ id }) => id === 'bank.ai-policy');
    assert.deepEqual(bank?.extends, ['sg.mas-feat', 'sg.genai']);
    assert.deepEqual(bank.benchmarks, [
      { name: 'fairness', metrics: ['accuracy'], slices: ['group'] },
      { name: 'quality', metrics: ['accuracy'], slices: [] },
      { name: 'safety', metrics: ['toxicity', 'pii'], slices: [] },
      { name: 'robustness', metrics: ['accuracy'], slices: [] },
    ]);
    for (const { title, description } of listed) assert.ok(title.length > 5 && description.length > 40, title);
  });

  for (const id of ids) {
    it(`have no findings, and their own tests pass: ${id}`, async () => {
      for (const file of await writeDraft({ template: id })) {
        const at = path.join(folder, file);
        const { diagnostics } = await diagnoseFile(at, files, signal);
        assert.deepEqual(
          diagnostics.map(({ code, message }) => `${file} ${code} ${message}`),
          [],
        );
        const report = await runPolicyTests({ path: at }, folder, ports, signal);
        assert.ok(report.tests.length >= 2, 'it has tests of its own');
        assert.ok(
          report.tests.every(({ failures }) => failures.length === 0),
          renderPolicyTests([report]),
        );
      }
    });
  }

  it('have all principles of MAS FEAT, and all dimensions of the framework for generative AI', async () => {
    const mapped = async (id: string, framework: string): Promise<number> => {
      const own = (await draft({ template: id })).files.find(file => file.id === id);
      const { value } = parseDocument('policy', own?.text ?? '');
      const found = (value?.controls ?? []).flatMap(({ mappings = [] }) => mappings);
      return new Set(found.filter(mapping => mapping.framework === framework).map(mapping => mapping.id)).size;
    };
    assert.equal(await mapped('sg.mas-feat', 'mas-feat'), 14);
    assert.equal(await mapped('sg.genai', 'sg-mgf-genai'), 9);
  });

  it('take the team’s own names, also in tests, and leave all else as it is written', async () => {
    const request = {
      template: 'sg.mas-feat',
      benchmarks: { quality: 'triage-core', fairness: 'ours: fair' },
      metrics: { accuracy: 'exact-match' },
      slices: { group: 'writer' },
    };
    const [file] = (await draft(request)).files;
    const [plain] = (await draft({ template: 'sg.mas-feat' })).files;
    assert.ok(file !== undefined && plain !== undefined);
    assert.match(file.text, /benchmark: "ours: fair"\n +metric: exact-match\n +slice: writer\n/);
    assert.match(file.text, /"ours: fair": \{exact-match: \{slices: \{writer: \{a: /);
    assert.match(file.text, /^# {3}triage-core {4}how often/m);
    assert.doesNotMatch(file.text, /quality|fairness:/);
    const back = file.text
      .replaceAll('triage-core', 'quality')
      .replaceAll('"ours: fair"', 'fairness')
      .replaceAll('ours: fair', 'fairness')
      .replaceAll('exact-match', 'accuracy')
      .replaceAll('writer', 'group');
    assert.equal(back, plain.text);
    assert.deepEqual(parseDocument('policy', file.text).diagnostics, []);
  });

  it('come without those they build on that the workspace has, and go by the names of those', async () => {
    await writeDraft({ template: 'sg.mas-feat', benchmarks: { quality: 'core', fairness: 'fair' } });
    write('core.bench.yaml', bench('core'));
    write('fair.bench.yaml', bench('fair'));
    const written = await writeDraft({ template: 'bank.ai-policy' });
    assert.deepEqual(written, ['sg-genai.policy.yaml', 'bank-ai.policy.yaml']);
    const { text, diagnostics } = await diagnoseFile(path.join(folder, 'bank-ai.policy.yaml'), files, signal);
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      [],
    );
    assert.match(text, /benchmark: core\n/);
  });

  it('refuse what they do not know', async () => {
    await assert.rejects(draft({ template: 'sg.mas-feta' }), refused('usage', /no starter policy "sg\.mas-feta"/));
    await assert.rejects(
      draft({ template: 'sg.mas-feat', benchmarks: { qality: 'x' } }),
      refused('usage', /no benchmark "qality"/),
    );
    await assert.rejects(listStarters(files, folder, signal), refused('file-not-found', /missing/));
  });

  it('assess a registered version from the first moment', async () => {
    const world = await openAssessable();
    try {
      await world.write('full.md', card);
      const changes = { model: 'helper', card: world.file('full.md'), properties: { riskTier: 1 } };
      const version = await world.register('weights', changes);
      for (const name of ['triage-core', 'triage-robustness']) await world.measure([version], { name });
      await world.recordTraining();
      const outcomes: Record<string, string> = {};
      for (const id of ids) {
        const names = { quality: 'triage-core', robustness: 'triage-robustness' };
        const { benchmarks } = (await listStarters(files, templates, signal)).find(each => each.id === id)!;
        const known = Object.entries(names).filter(([name]) => benchmarks.some(each => each.name === name));
        const request = { template: id, benchmarks: Object.fromEntries(known) };
        const drafted = await draftStarter(request, files, templates, world.folder, signal);
        for (const { file, text } of drafted.files) await world.write(`policies/${file}`, text);
        const policies = [{ path: world.file(`policies/${drafted.files.at(-1)!.file}`) }];
        const record = await world.recordOf({ policies, model: 'helper' });
        const own = checkOf(record, 'FEAT-F3.accuracy')?.state;
        // The run asked 100 rows: fewer than any of the policies wants.
        if (own !== undefined) assert.equal(own, 'needs-review');
        const compliant = record.controls.filter(({ outcome }) => outcome === 'compliant').length;
        outcomes[id] = `${record.gate.outcome}, ${String(compliant)} of ${String(record.controls.length)} compliant`;
      }
      assert.deepEqual(outcomes, {
        'bank.ai-policy': 'failed, 7 of 27 compliant',
        'eu.ai-act-high-risk': 'failed, 0 of 9 compliant',
        'nist.ai-rmf': 'failed, 2 of 8 compliant',
        'sg.genai': 'failed, 1 of 9 compliant',
        'sg.mas-feat': 'failed, 6 of 14 compliant',
      });
    } finally {
      await world.close();
    }
  });
});
