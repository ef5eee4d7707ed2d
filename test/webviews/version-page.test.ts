import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type {
  CardSummary,
  LineageGraph,
  MetricArtifact,
  VersionComparison,
  VersionDetails,
  VersionSource,
} from '../../schemas/generated/messages.ts';
import {
  validateHostToVersionPage,
  validateVersionComparison,
  validateVersionPageToHost,
} from '../../schemas/generated/validators.js';
import { auditPage, deepText, launchBrowser, takePicture, watchFaults } from './browser.ts';
import { makeRegistryEntry } from '../fakes/registry-rows.ts';
import { fakePageHtml } from './fake-page.ts';
import { root, startPageServer, webviewPolicy, type PageServer } from './page-server.ts';
import type { ThemeName } from './theme-variables.ts';

const names = ['candidate', 'requested', 'production', 'pair', 'comparison', 'hostile'] as const;
type Name = (typeof names)[number];

function readVersions(name: Name): VersionComparison {
  return JSON.parse(
    readFileSync(path.join(root, 'test', 'fixtures', 'versions', `${name}.json`), 'utf8'),
  ) as VersionComparison;
}

describe('model versions for the page', () => {
  for (const name of names) {
    it(`${name} fits the schema`, () => {
      assert.ok(
        validateVersionComparison(readVersions(name)),
        JSON.stringify(validateVersionComparison.errors?.slice(0, 3)),
      );
    });
  }
});

describe('the model version page', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let server: PageServer;
  let opened = 0;

  before(async function () {
    browser = await launchBrowser(['webviews/version.js']);
    if (browser === undefined) return this.skip();
    server = await startPageServer();
  });

  after(async () => {
    await browser?.close();
    if (browser !== undefined) await server.close();
  });

  afterEach(async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
  });

  async function open(
    comparison: VersionComparison,
    {
      theme = 'light',
      width = 1100,
      sources,
      ...more
    }: {
      theme?: ThemeName;
      width?: number;
      sources?: readonly VersionSource[];
      card?: CardSummary;
      lineage?: LineageGraph;
    } = {},
  ): Promise<{ page: Page; faults: string[] }> {
    const page = await browser!.newPage({ viewport: { width, height: 900 }, locale: 'en-US', timezoneId: 'UTC' });
    const faults = await watchFaults(page);
    const message = {
      type: 'versions' as const,
      comparison,
      ...(sources === undefined ? {} : { sources: [...sources] }),
      ...more,
    };
    assert.ok(validateHostToVersionPage(message), JSON.stringify(validateHostToVersionPage.errors?.slice(0, 3)));
    const html = fakePageHtml({ bundle: 'version', theme, messages: [message] });
    await page.goto(server.publish(`version-${String(opened++)}`, { policy: webviewPolicy, html }));
    await page.getByRole('heading', { level: 1 }).waitFor();
    return { page, faults };
  }

  const sections = (page: Page): Promise<string[]> => page.getByRole('heading', { level: 2 }).allInnerTexts();
  const posted = (page: Page): Promise<unknown[]> =>
    page.evaluate(() => (globalThis as unknown as { posted: unknown[] }).posted);
  const overflow = (page: Page): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const primary = (page: Page): Promise<string[]> => page.locator('vscode-button:not([secondary])').allInnerTexts();
  const tell = (page: Page, message: unknown): Promise<void> =>
    page.evaluate(sent => window.postMessage(sent, '*'), message);

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows a version in production in ${theme}, within its content security policy and without serious accessibility findings`, async () => {
      const { page, faults } = await open(readVersions('production'), { theme });
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'ticket-triage@1');
      assert.deepEqual(await sections(page), [
        'Way to production',
        'Figures',
        'Assessments',
        'Baseline',
        'Lineage',
        'Data',
        'Settings',
        'Artifacts',
      ]);
      await takePicture(page, `version-production-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  const lineage = JSON.parse(
    readFileSync(path.join(root, 'test', 'fixtures', 'versions', 'lineage.json'), 'utf8'),
  ) as LineageGraph;

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`draws the lineage in ${theme}, causes left of what they led to, without serious accessibility findings`, async () => {
      const { page, faults } = await open(readVersions('production'), { theme, lineage });
      const picture = page.getByRole('region', { name: 'Picture of the lineage' });
      assert.equal(await picture.locator('.node').count(), lineage.nodes.length);
      assert.equal(await picture.locator('svg path[marker-end]').count(), lineage.edges.length);
      const place = async (text: string): Promise<{ x: number; y: number; width: number; height: number }> =>
        (await picture.locator('.node', { hasText: text }).first().boundingBox())!;
      const [job, version, assessment] = [
        await place('Tuning job'),
        await place('ticket-triage@1'),
        await place('Assessment of'),
      ];
      assert.ok(job.x + job.width < version.x && version.x + version.width < assessment.x);
      const boxes = await picture.locator('.node').evaluateAll(nodes =>
        nodes.map(node => {
          const { left, top, right, bottom } = node.getBoundingClientRect();
          return { left, top, right, bottom };
        }),
      );
      for (const [index, one] of boxes.entries())
        for (const other of boxes.slice(index + 1))
          assert.ok(
            one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top,
            'no node covers another',
          );
      await picture.scrollIntoViewIfNeeded();
      await takePicture(page, `version-lineage-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('walks the lineage by keyboard, opens what a node stands for, and tells the same as a table', async () => {
    const { page } = await open(readVersions('production'), { lineage, width: 360 });
    assert.equal(await overflow(page), 0);
    const picture = page.getByRole('region', { name: 'Picture of the lineage' });
    await picture.focus();
    const opened: unknown[] = [];
    const buttons = await picture.getByRole('button').count();
    for (let step = 0; step < buttons; step += 1) {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    }
    opened.push(...(await posted(page)).slice(1));
    assert.equal(opened.length, buttons);
    assert.ok(opened.every(message => validateVersionPageToHost(message)));
    const commands = opened.map(message => (message as { command: string }).command);
    assert.deepEqual([...new Set(commands)].sort(), ['openFile', 'openRun', 'openScorecard']);
    assert.match(await picture.getByRole('button', { name: /^Tuning job/ }).innerText(), /ticket-triage-tuned/);
    await page.getByText('Lineage as a table').click();
    const table = page.getByRole('region', { name: 'Lineage as a table' });
    assert.equal(await table.locator('tbody tr').count(), lineage.nodes.length);
    assert.deepEqual(await auditPage(page), []);
  });

  it('opens other versions, and shows texts of others as text', async () => {
    const hostile: LineageGraph = {
      version: { model: 'ticket-triage', version: '1' },
      nodes: [
        { id: 'a', kind: 'dataset', label: '<img src=x onerror=alert(1)>\u202e', detail: '<script>' },
        {
          id: 'b',
          kind: 'registry-version',
          label: 'shared/x@3',
          open: { kind: 'version', id: 'x', version: '3', registry: 'shared' },
        },
      ],
      edges: [
        { from: 'a', to: 'b', role: 'trained on' },
        { from: 'gone', to: 'b', role: 'nothing' },
      ],
    };
    const { page, faults } = await open(readVersions('production'), { lineage: hostile });
    const picture = page.getByRole('region', { name: 'Picture of the lineage' });
    assert.match(await picture.innerText(), /<img src=x onerror=alert\(1\)>⟪U\+202E⟫/);
    await picture.getByRole('button').click();
    assert.deepEqual((await posted(page)).at(-1), {
      type: 'command',
      command: 'openVersion',
      model: 'x',
      version: '3',
      registry: 'shared',
    });
    assert.deepEqual(faults, []);
  });

  it('says how complete the model card is, and opens it', async () => {
    const card: CardSummary = {
      completeness: 7 / 9,
      missing: ['Intended use', 'Contact'],
      kept: false,
      isAssessedOlder: true,
    };
    const { page } = await open(readVersions('candidate'), { card });
    assert.match(
      (await page.locator('p.card').innerText()).replace(/\s+/g, ' '),
      /Model card: 77 % of the required fields; missing: Intended use, Contact\. None is kept with the version yet\. The newest assessment read an earlier card\./,
    );
    await page.getByRole('button', { name: 'Model card', exact: true }).click();
    assert.deepEqual((await posted(page)).at(-1), {
      type: 'command',
      model: 'ticket-triage',
      version: '2',
      command: 'openCard',
    });
  });

  it('offers the next step as the one primary button, with the reason in words', async () => {
    const cases = [
      ['candidate', ['Assess…'], /It has not been assessed against the policies yet\./, 'Assessed'],
      ['requested', ['Approve…'], /It waits for approval by somebody who is not its author/, 'Approved'],
      ['production', [], /It is in production, assessed and approved\./, undefined],
    ] as const;
    for (const [name, buttons, reason, current] of cases) {
      const { page } = await open(readVersions(name));
      assert.deepEqual(await primary(page), buttons);
      assert.match(await page.locator('.reason').innerText(), reason);
      const step = page.locator('.way > [aria-current=step]');
      if (current === undefined) assert.equal(await step.count(), 0);
      else assert.match(await step.innerText(), new RegExp(`^${current}\\s+, .*next`, 's'));
      await page.close();
    }
  });

  it('tells who did what on the way, and how far their names are proved', async () => {
    const { page } = await open(readVersions('production'));
    const way = await deepText(page.locator('.way'));
    assert.match(way, /Registered, done .* by Ada Lim \(ada@marlo\.example, self-asserted\)/);
    assert.match(way, /Assessed, done gate passed, score 91 of 100, coverage 100 %, .* by Ben Okoye/);
    assert.match(way, /Approved, done Mei Tan \(self-asserted\) approved on 21 Nov 2026\. “ Fair to all writers/);
    assert.match(way, /Baseline locked, done .* by Ben Okoye .* digest [0-9a-f]{8}/);
  });

  it('shows every figure with interval, n and the digest of its rows, and leads to its run', async () => {
    const { page } = await open(readVersions('candidate'), { theme: 'dark' });
    const figures = await deepText(page.locator('aiwb-measured-table'));
    assert.match(figures, /Latency, p50 ms/);
    assert.match(
      figures,
      /evaluate- robustness own benchmark, Nov 23, 2026, Open Run [0-9a-f]{8} 300 0\.835 0\.793 to 0\.877 0\.823/,
    );
    assert.match(figures, /ticket- triage- tuned\. robustness tuning run/);
    await page.getByRole('button', { name: 'Open Run of evaluate-robustness' }).click();
    await page.getByRole('button', { name: 'tickets-noisy.card.md' }).first().click();
    await page.locator('vscode-button', { hasText: 'Assess…' }).click();
    await page.locator('vscode-button', { hasText: 'Set Alias…' }).click();
    await page.locator('vscode-button', { hasText: 'Open Model Card' }).click();
    await page.locator('vscode-button', { hasText: 'Copy Name' }).click();
    const messages = await posted(page);
    const version = { model: 'ticket-triage', version: '2' };
    const { artifacts } = readVersions('candidate').versions[0]!;
    const robust = artifacts.find(
      artifact => artifact.artifactType === 'metric' && artifact.task === 'evaluate-robustness',
    );
    assert.ok(robust?.artifactType === 'metric');
    assert.deepEqual(
      messages.filter((_, index) => index !== 2),
      [
        { type: 'ready' },
        { type: 'command', ...version, command: 'openRun', runId: robust.runId },
        { type: 'command', ...version, command: 'assess' },
        { type: 'command', ...version, command: 'setAlias' },
        { type: 'command', ...version, command: 'openCard' },
        { type: 'command', ...version, command: 'copyModelName' },
      ],
    );
    assert.equal((messages[2] as { evidence: { path: string } }).evidence.path, 'data/tickets-noisy.card.md');
    for (const message of messages) assert.ok(validateVersionPageToHost(message), JSON.stringify(message));
    const state = await page.evaluate(() => (globalThis as unknown as { state: unknown }).state);
    assert.deepEqual(state, { versions: [version] });
  });

  it('opens any assessment of its history', async () => {
    const comparison = readVersions('requested');
    const { page } = await open(comparison);
    const [newest, older] = comparison.versions[0]!.assessments;
    await page.locator('vscode-button', { hasText: 'Open Scorecard' }).click();
    await page.locator('aiwb-assessment-table').getByRole('button').nth(1).click();
    assert.deepEqual(
      (await posted(page)).slice(1).map(message => (message as { assessmentId: string }).assessmentId),
      [newest?.id, older?.id],
    );
    assert.match(await deepText(page.locator('aiwb-assessment-table')), /Failed 71 83 0 marlo\.ai@2\.0\.0/);
    await takePicture(page, 'version-requested-light');
    assert.deepEqual(await auditPage(page), []);
  });

  /** The candidate as another registry would have it. */
  function elsewhere(changes: Partial<VersionDetails> = {}): VersionComparison {
    const comparison = readVersions('candidate');
    const [details] = comparison.versions;
    assert.ok(details);
    const version = { ...details.version, registry: 'shared', version: 'v1.2', status: 'untracked' as const, id: '17' };
    return { ...comparison, versions: [{ ...details, version, assessments: [], ...changes }] };
  }

  function sourceOf(changes: Partial<VersionSource['registry']> = {}): VersionSource {
    const registry = makeRegistryEntry({ name: 'shared', type: 'mlflow', url: 'https://mlflow.example', ...changes });
    return { model: 'ticket-triage', version: 'v1.2', registry, url: 'https://mlflow.example/#/models/1' };
  }

  it('shows a version of another registry: where it lies, what may be done, and an endpoint nobody vouches for', async () => {
    const comparison = elsewhere();
    comparison.versions[0]!.version.endpoint = { url: 'https://<b>evil</b>.example/v1', model: 'm' };
    const { page, faults } = await open(comparison, { sources: [sourceOf()], theme: 'dark' });
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'shared/ticket-triage@v1.2');
    const found = await sections(page);
    assert.ok(!found.includes('Way to production'));
    assert.ok(found.includes('Registry'));
    const facts = await deepText(page.locator('section', { hasText: 'Id there' }));
    assert.match(facts, /shared, MLflow/);
    assert.match(facts, /now, asked of the registry/);
    assert.match(facts, /https:\/\/<b>evil<\/b>\.example\/v1, model m \(untrusted/);
    const buttons = await page.locator('vscode-button').allInnerTexts();
    assert.deepEqual(buttons, ['Pull…', 'Open in Registry', 'Set Alias…', 'Copy Name']);
    await page.locator('vscode-button', { hasText: 'Open in Registry' }).click();
    const version = { model: 'ticket-triage', version: 'v1.2', registry: 'shared' };
    assert.deepEqual((await posted(page)).at(-1), { type: 'command', ...version, command: 'openInRegistry' });
    for (const message of await posted(page)) assert.ok(validateVersionPageToHost(message), JSON.stringify(message));
    const state = await page.evaluate(() => (globalThis as unknown as { state: unknown }).state);
    assert.deepEqual(state, { versions: [version] });
    await takePicture(page, 'version-elsewhere-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('says that a registry did not answer, and offers no change of one that takes none', async () => {
    const failure = { code: 'registry-unreachable', message: 'No answer from mlflow.example.' };
    const source = sourceOf({ readOnly: true, cache: { models: 1, versions: 1, syncedAt: 1, failure } });
    const { page } = await open(elsewhere({ cachedAt: Date.UTC(2026, 10, 20) }), { sources: [source] });
    const facts = await deepText(page.locator('section', { hasText: 'Id there' }));
    assert.match(facts, /Nov 20, 2026.*: the registry did not answer/);
    assert.match(facts, /No answer from mlflow\.example\./);
    assert.deepEqual(await page.locator('vscode-button').allInnerTexts(), ['Pull…', 'Open in Registry', 'Copy Name']);
  });

  it('tells where a version was published and what failed, and leads to doing it again', async () => {
    const comparison = readVersions('candidate');
    comparison.versions[0]!.publications = [
      { registry: 'shared', model: 'triage', version: '4', kind: 'version', state: 'done', at: 1 },
      {
        registry: 'down',
        model: 'triage',
        version: '1',
        kind: 'run',
        runId: 'r1',
        state: 'failed',
        at: 1,
        attempts: 3,
        failure: { code: 'registry-unreachable', message: 'No <answer>.', remedy: 'Try later.' },
      },
    ];
    const { page } = await open(comparison);
    const table = await deepText(page.locator('aiwb-publication-table'));
    assert.match(table, /shared\/ ?triage@4 the version Published/);
    assert.match(table, /down\/ ?triage@1 figures of a run r1 Failed .* \(3 attempts\) No <answer>\. Try later\./);
    await page.getByRole('button', { name: 'Publish Again…' }).click();
    assert.equal(((await posted(page)).at(-1) as { command: string }).command, 'publish');
    await takePicture(page, 'version-published-light');
    assert.deepEqual(await auditPage(page), []);
  });

  it('says which hardware a figure was measured on, apart where it differs', async () => {
    const comparison = readVersions('candidate');
    const [details] = comparison.versions;
    const figure = details!.artifacts.find((one): one is MetricArtifact => one.artifactType === 'metric');
    assert.ok(details && figure);
    details.artifacts = [
      { ...figure, hardwareType: 'NVIDIA <H100>', hardwareCount: 8 },
      { ...figure, name: 'other', hardwareType: 'NVIDIA L4' },
      { ...figure, name: 'third', task: 'nowhere' },
    ];
    const { page } = await open(comparison);
    const table = await deepText(page.locator('aiwb-measured-table'));
    assert.match(table, /Hardware/);
    assert.match(table, /8 × NVIDIA <H100>/);
    assert.match(table, /NVIDIA L4/);
    assert.match(table, /not recorded/);
    assert.equal(await page.locator('aiwb-measured-table tbody tr').count(), 3);
  });

  it('follows what the registry says next', async () => {
    const { page } = await open(readVersions('candidate'));
    await tell(page, { type: 'versions', comparison: readVersions('requested') });
    await page.getByText('It waits for approval').waitFor();
    assert.deepEqual(await primary(page), ['Approve…']);
  });

  it('says what to do where nothing has been measured', async () => {
    const comparison = readVersions('candidate');
    const versions = comparison.versions.map(details => ({ ...details, artifacts: [] }));
    const { page } = await open({ ...comparison, versions });
    await page.getByText('Nothing has been measured on this version yet.').waitFor();
    await page.getByText('registry:ticket-triage@2').waitFor();
  });

  it('compares versions on the same rows only, and sets the other figures apart', async () => {
    const { page, faults } = await open(readVersions('comparison'), { theme: 'dark' });
    assert.deepEqual(await sections(page), [
      'Verdict',
      'Versions',
      'Measured on the same rows',
      'Not comparable',
      'Settings that differ',
    ]);
    assert.match(
      await page.locator('aiwb-verdict-list li').first().innerText(),
      /^ticket-triage-tuned\.core-performance: @3 has the highest Accuracy, 0\.852 \(95 % interval .*\), against 0\.846 of @2; their intervals overlap, n 480\.$/,
    );
    const shared = await deepText(page.locator('aiwb-compared-figures'));
    assert.match(shared, /Accuracy 1,041 – ▸ best: 0\.856 0\.835 to 0\.877 0\.821/);
    const apart = await deepText(page.locator('aiwb-apart-figures'));
    assert.match(apart, /evaluate- ethical- alignment @3 [0-9a-f]{8} 1,041 0\.862 0\.841 to 0\.883 0\.850/);
    assert.doesNotMatch(apart, /best/);
    assert.match(await deepText(page.locator('aiwb-difference-table')), /learningRate 0\.3 0\.5 0\.5/);
    assert.match(await deepText(page.locator('aiwb-version-list')), /@3 Candidate not assessed – none/);
    await takePicture(page, 'version-comparison-dark');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('gives two versions their difference, signed and worded', async () => {
    const { page } = await open(readVersions('pair'));
    const figures = await deepText(page.locator('aiwb-compared-figures'));
    assert.match(figures, /@2 against @1/);
    assert.match(figures, /Accuracy 300 ▸ best: 0\.833 .* \+0\.060 intervals overlap/);
    assert.match(figures, /Latency, p50 ms 480 0\.0171 0\.0171 0\.0000 same/);
  });

  it('shows hostile text as text, its unseen characters spelled out', async () => {
    const { page, faults } = await open(readVersions('hostile'));
    assert.equal(await page.title(), 'Page');
    const text = await deepText(page.locator('aiwb-version-page'));
    assert.match(text, /<\/script><script>document\.title='owned'<\/script>/);
    assert.match(text, /safe⟪U\+202E⟫exe\.ledom⟪U\+2066⟫⟪U\+200B⟫⟪U\+0007⟫/);
    assert.doesNotMatch(text, /\u202e|\u2066/);
    assert.equal(await overflow(page), 0);
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'hc-dark'] as const) {
    it(`fits 300 pixels in ${theme}: only tables scroll sideways`, async () => {
      for (const name of names) {
        const { page } = await open(readVersions(name), { theme, width: 300 });
        assert.equal(await overflow(page), 0, name);
        await takePicture(page, `version-${name}-${theme}-300px`);
        await page.close();
      }
    });
  }

  it('drops messages that are none, and keeps what it shows beside a failure', async () => {
    const { page, faults } = await open(readVersions('candidate'));
    await tell(page, { type: 'versions', comparison: { versions: {} } });
    await tell(page, { type: 'failure', failure: { code: 'internal', message: 'The store is gone.' } });
    await page.getByText('The store is gone.').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'ticket-triage@2');
    assert.equal(faults.filter(fault => fault.includes('no page message was dropped')).length, 1);
  });
});
