import assert from 'node:assert/strict';
import { auditPage, deepText, takePicture } from './browser.ts';
import {
  controlOf,
  createScorecardReader,
  drawerOf,
  groupOf,
  overflowOf,
  rowOf,
  scorecardNames,
  sectionOf,
  sectionTitles,
  unfoldAll,
  type ScorecardReader,
} from './scorecard-reader.ts';

describe('the scorecard page', function () {
  this.timeout(60_000);
  let reader: ScorecardReader | undefined;

  before(async function () {
    reader = await createScorecardReader();
    if (reader === undefined) this.skip();
  });

  after(() => reader?.leave());

  afterEach(() => reader?.closePages());

  for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const) {
    it(`shows a failed assessment in ${theme}: the verdict first, within its policy, without serious accessibility findings`, async () => {
      const { page, faults } = await reader!.open('failed', { theme });
      assert.deepEqual(await sectionTitles(page), [
        'Verdict',
        'Policies',
        'Controls',
        'Waivers',
        'Frameworks',
        'History',
        'Against the baseline',
        'Record',
      ]);
      await takePicture(page, `scorecard-failed-${theme}`);
      assert.deepEqual(await auditPage(page), []);
      assert.deepEqual(faults, []);
    });
  }

  it('says the verdict first, with each condition, the three numbers and what they mean', async () => {
    const { page } = await reader!.open('failed');
    const verdict = sectionOf(page, 'verdict');
    assert.match(
      await deepText(verdict),
      /^Verdict Failed 3 of 5 conditions are not met\. Controls SAFE-01, FAIR-01 and DATA-01 keep it shut\./,
    );
    const rows = await page
      .getByRole('region', { name: 'Conditions of the gate' })
      .getByRole('row')
      .evaluateAll(found =>
        found.map(row => [...row.children].map(cell => cell.textContent.replace(/\s+/g, ' ').trim())),
      );
    assert.deepEqual(rows[1], [
      'Critical controls',
      'all compliant or waived',
      '1 of 2SAFE-01',
      'Not met',
      'country.fair-service',
    ]);
    assert.deepEqual(rows[3], ['Score', 'at least 70', '41.8', 'Not met', 'marlo.ai-policy']);
    const figures = await deepText(page.locator('aiwb-score-figures'));
    assert.match(figures, /Score 41\.8 of 100 Weight of what is met/);
    assert.match(figures, /Evidence coverage 66\.6 % Of 12 applicable controls/);
    assert.match(figures, /Waived 2 controls Not met, and excused at the gate/);
  });

  it('names the version, its approval, who assessed it on what word, and until when that holds', async () => {
    const { page } = await reader!.open('failed');
    const header = await deepText(page.locator('aiwb-scorecard-header'));
    assert.match(header, /ticket-triage @ 3|ticket-triage@3/);
    assert.match(header, /Nobody has asked for approval\./);
    assert.match(header, /by Bo Tan \(bo@marlo\.example, self-asserted\)/);
    assert.match(header, /valid until Dec 10, 2026, in 15 days/);
    assert.match(header, /record verified/);
    await page.clock.setFixedTime(new Date('2026-12-12T00:00:00Z'));
    await page.reload();
    await page.getByText('evidence expired 2 days ago').waitFor();
  });

  it('lists failures by severity with reason, figure, remedy, source and evidence; opened, with everything about them', async () => {
    const { page } = await reader!.open('failed');
    const failures = groupOf(page, 'failures');
    assert.match(await deepText(failures), /^Failures \(4\)/);
    assert.deepEqual(await failures.getByRole('heading', { level: 4 }).allInnerTexts(), [
      'Critical (1)',
      'High (2)',
      'Low (1)',
    ]);
    const row = await deepText(rowOf(page, 'FAIR-01'));
    assert.match(
      row,
      /FAIR-01 Groups of people are served alike High Not compliant The largest difference between two groups/,
    );
    assert.match(
      row,
      /Actual 0\.128 \(0\.046 to 0\.210\), required at most 0\.15 \(upper bound\), n 960, slice writer/,
    );
    assert.match(row, /What to do Add rows of the weakest group/);
    assert.match(row, /Asked for by Fair and explained automated service \( country \)/);
    assert.match(row, /Evidence Run triage-fairness of ticket-triage@3 rows where writer is learns English/);
    assert.equal(
      await failures.getByRole('img').nth(1).getAttribute('aria-label'),
      '0.128, 95 % interval 0.046 to 0.210; allowed at or below 0.150; failed',
    );
    await controlOf(page, 'FAIR-01').click();
    const text = await deepText(drawerOf(page));
    assert.match(text, /FAIR-01 Groups of people are served alike Not compliant High severity/);
    assert.match(text, /The interval's upper bound 0\.21 is above 0\.15\./);
    assert.match(
      text,
      /Required at most 0\.15 \(upper bound\) Actual 0\.128 95 % interval 0\.046 to 0\.210 n 960 Slice writer/,
    );
    assert.match(text, /What to do Add rows of the weakest group/);
    assert.match(
      text,
      /Asked for by Fair and explained automated service \( country \); made stricter by Marlo AI policy \( corporate \)/,
    );
    assert.match(
      text,
      /supports MEASURE 2\.11 Fairness and bias are evaluated and documented NIST AI Risk Management Framework 1\.0/,
    );
    await controlOf(page, 'LAT-01').click();
    assert.match(
      await deepText(drawerOf(page)),
      /Waived under W-1, expires in 15 days \( Dec 10, 2026 \): Tickets are routed/,
    );
  });

  it('draws the interval where it lies: the judged bound on the wrong side of the bar, inside the picture', async () => {
    const { page } = await reader!.open('failed');
    const plots = await page.locator('svg.plot').evaluateAll(found =>
      found.map(plot => {
        const x = (part: string): number | undefined => {
          const box = plot.querySelector<SVGGraphicsElement>(part)?.getBBox();
          return box === undefined ? undefined : box.x + box.width / 2;
        };
        return {
          target: x('.target'),
          bound: x('.bound'),
          actual: x('.actual'),
          cross: plot.querySelector('.fail') !== null,
        };
      }),
    );
    const [adversarial, gap, noisy] = plots;
    assert.ok(adversarial!.bound! < adversarial!.actual! && adversarial!.actual! < adversarial!.target!);
    assert.ok(gap!.actual! < gap!.target! && gap!.target! < gap!.bound!);
    assert.ok(noisy!.target! < noisy!.bound! && noisy!.bound! < noisy!.actual!);
    assert.deepEqual([adversarial!.cross, gap!.cross, noisy!.cross], [true, true, false]);
    for (const { target, bound, actual } of plots)
      for (const x of [target, bound, actual]) if (x !== undefined) assert.ok(x >= 0 && x <= 220);
  });

  it('tells why others were not assessed and what to do, and why one does not apply', async () => {
    const { page } = await reader!.open('failed');
    const notAssessed = groupOf(page, 'open');
    assert.deepEqual(await notAssessed.getByRole('heading', { level: 4 }).allInnerTexts(), [
      'Needs review (1)',
      'Evidence missing (1)',
      'Evidence too old (1)',
      'Could not be checked (1)',
    ]);
    assert.match(
      await deepText(notAssessed),
      /Run the benchmark on this version.*DATA-01.*1 of 2 training datasets has no card\./,
    );
    assert.match(
      await deepText(groupOf(page, 'notApplicable')),
      /HUM-01.*It applies from risk tier 3; this model is of tier 2\./,
    );
  });

  it('tells what is not mapped from what failed', async () => {
    const { page } = await reader!.open('failed');
    const frameworks = page.locator('aiwb-frameworks');
    const text = await deepText(frameworks);
    assert.match(
      text,
      /MITRE ATLAS 2026\.07 2 not satisfied 1 partial 1 not assessed 1 satisfied 259 not mapped 5 of 264 ids are mapped\./,
    );
    assert.match(text, /AML\.T0051, not satisfied\. LLM Prompt Injection SAFE-01/);
    await frameworks.getByText('3 ids that no control maps to').click();
    const borders = await frameworks.evaluate(element =>
      ['not-satisfied', 'not-mapped'].map(
        state => getComputedStyle(element.shadowRoot!.querySelector(`.cell.${state}`)!).borderTopStyle,
      ),
    );
    assert.deepEqual(borders, ['solid', 'dashed']);
    const icons = await frameworks.evaluate(element =>
      ['not-satisfied', 'not-mapped'].map(
        state => element.shadowRoot!.querySelector(`.cell.${state} .icon`)!.classList[1],
      ),
    );
    assert.deepEqual(icons, ['icon-error', 'icon-absent']);
  });

  it('counts waivers down and says whose word they rest on', async () => {
    const { page } = await reader!.open('failed');
    const items = await Promise.all((await page.locator('aiwb-waivers li.waiver').all()).map(item => item.innerText()));
    const [first, , last] = items.map(text => text.replace(/\s+/g, ' '));
    assert.match(first ?? '', /LAT-01 W-1 expires in 15 days, Dec 10, 2026 .*Counted here yes, at the gate/);
    assert.match(first ?? '', /Approvals 2 of 2: Bo Tan \(bo@marlo\.example, self-asserted\), Nov 11, 2026; Cy Okafor/);
    assert.match(last ?? '', /FAIR-01 W-0 expired 23 days ago, Nov 1, 2026 .*Counted here no .*Approvals 1 of 2/);
  });

  it('sets the baseline beside this version, differences signed and worded', async () => {
    const { page } = await reader!.open('failed');
    const text = await deepText(page.locator('aiwb-baseline'));
    assert.match(text, /ticket-triage@2, locked on Sep 5, 2026 by Ada Lim .* approved by Cy Okafor/);
    assert.match(
      text,
      /Accuracy triage-core 0\.804 0\.766 to 0\.837, n 480 0\.825 0\.788 to 0\.856, n 480 \+0\.021 higher, better/,
    );
    assert.match(text, /Latency, p95 ms triage-core 48\.1 n 480 61\.2 n 480 \+13\.1 higher, worse/);
    assert.match(text, /1 other figure of the baseline is not judged by this assessment\./);
  });

  it('quotes the model card with its place', async () => {
    const { page } = await reader!.open('passed');
    await page.locator('summary', { hasText: 'Passed (5)' }).click();
    await controlOf(page, 'TRN-01').click();
    const figure = drawerOf(page).locator('aiwb-quote figure').first();
    assert.match(await deepText(figure.locator('blockquote')), /^Routes support tickets of Marlo's shop/);
    assert.equal((await figure.locator('figcaption').innerText()).trim(), 'cards/ticket-triage.card.md:14');
  });

  it('does not take nothing for good: without evidence there is no mark of success', async () => {
    const { page, faults } = await reader!.open('unassessed', { theme: 'hc-dark' });
    assert.match(await deepText(page.locator('aiwb-score-figures')), /Score 0 of 100 .*Evidence coverage 0 %/);
    const failures = groupOf(page, 'failures');
    assert.match(await deepText(failures), /No control has been assessed, so none has failed\./);
    assert.equal(await failures.locator('.icon').count(), 0);
    assert.match(await deepText(groupOf(page, 'open')), /Evidence missing \(3\).*PERF-01.*FAIR-01.*OVR-01/);
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('tells a gate that was not computed from one that failed', async () => {
    const { page, faults } = await reader!.open('not-computed');
    const verdict = sectionOf(page, 'verdict');
    assert.match(await deepText(verdict), /Not computed No control applies to this version\./);
    assert.equal(await verdict.locator('.icon-error, .icon-pass').count(), 0);
    assert.match(await deepText(page.locator('aiwb-score-figures')), /Score – no control applies/);
    assert.deepEqual(faults, []);
  });

  it('shows hostile text as text, whatever the numbers and dates', async () => {
    const { page, faults } = await reader!.open('hostile');
    await unfoldAll(page);
    assert.equal(await page.title(), 'Page');
    const text = await deepText(page.locator('aiwb-scorecard-page'));
    assert.match(text, /<\/script><script>document\.title='owned'<\/script>/);
    assert.match(text, /safe⟪U\+202E⟫exe\.ledom⟪U\+2066⟫⟪U\+200B⟫⟪U\+0007⟫/);
    assert.doesNotMatch(text, /\u202e|\u2066/);
    assert.match(text, /assessed at no date by/);
    assert.equal(await overflowOf(page), 0);
    assert.equal(await page.locator('a[href]').count(), 0);
    await takePicture(page, 'scorecard-hostile-light');
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  for (const theme of ['light', 'hc-dark'] as const) {
    it(`fits 300 pixels in ${theme}: only tables scroll sideways`, async () => {
      for (const name of scorecardNames) {
        const { page } = await reader!.open(name, { theme, width: 300 });
        await unfoldAll(page);
        await page.waitForTimeout(50);
        assert.equal(await overflowOf(page), 0, name);
        if (name === 'failed') await takePicture(page, `scorecard-${name}-${theme}-300px`);
        await page.close();
      }
    });
  }
});
