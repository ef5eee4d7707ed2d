import assert from 'node:assert/strict';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { makeHugeScorecard } from '../fakes/huge-scorecard.ts';
import { auditPage, deepText, takePicture } from './browser.ts';
import {
  controlOf,
  createScorecardReader,
  drawerOf,
  focusedText,
  overflowOf,
  type ScorecardReader,
} from './scorecard-reader.ts';

/** Times are printed, not judged: this machine may be busy with anything. */
describe('a scorecard of 50 policies with 200 controls each', function () {
  this.timeout(180_000);
  let reader: ScorecardReader | undefined;
  let view: ScorecardView;

  before(async function () {
    reader = await createScorecardReader();
    if (reader === undefined) return this.skip();
    view = makeHugeScorecard();
  });

  after(() => reader?.leave());

  afterEach(() => reader?.closePages());

  const open = async () => {
    const opened = await reader!.open(view, { messages: [] });
    await opened.page.evaluate(text => ((globalThis as unknown as { text: string }).text = text), JSON.stringify(view));
    const shown = await opened.page.evaluate(async () => {
      const { text } = globalThis as unknown as { text: string };
      const parsed: unknown = JSON.parse(text);
      const from = performance.now();
      window.postMessage({ type: 'scorecard', view: parsed }, '*');
      const page = document.querySelector('aiwb-scorecard-page');
      const drawn = (): boolean =>
        page?.shadowRoot
          ?.querySelector('aiwb-controls')
          ?.shadowRoot?.querySelector('aiwb-control-rows')
          ?.shadowRoot?.querySelector('.row') instanceof Element;
      while (!drawn()) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      return performance.now() - from;
    });
    return { ...opened, shown };
  };

  const rowsDrawn = `(() => {
    const section = document.querySelector('aiwb-scorecard-page').shadowRoot.querySelector('aiwb-controls').shadowRoot;
    return [...section.querySelectorAll('aiwb-control-rows')].reduce((sum, rows) => sum + rows.shadowRoot.querySelectorAll('.row').length, 0);
  })()`;

  it('shows at once, drawing only what is near the view, and tells of all', async () => {
    const { page, shown, faults } = await open();
    const drawn = Number(await page.evaluate(rowsDrawn));
    console.log(`      shown in ${shown.toFixed(0)} ms from the message, ${String(drawn)} of 10,000 rows drawn`);
    assert.ok(drawn < 700, String(drawn));
    assert.match(
      await deepText(page.locator('aiwb-control-toolbar')),
      /898 not compliant .* 7,185 compliant .* 10,000 controls/,
    );
    assert.equal(await page.locator('aiwb-policies li.card:visible').count(), 12);
    await page.getByRole('button', { name: 'Show all 50 policies' }).click();
    assert.equal(await page.locator('aiwb-policies li.card:visible').count(), 50);
    assert.equal(await overflowOf(page), 0);
    await takePicture(page, 'scorecard-huge-light', false);
    assert.deepEqual(await auditPage(page), []);
    assert.deepEqual(faults, []);
  });

  it('finds one among them as words are typed, and scrolls without leaving gaps', async () => {
    const { page } = await open();
    const toolbar = page.locator('aiwb-control-toolbar');
    const search = toolbar.locator('vscode-textfield input');
    await search.pressSequentially('P49-2', { delay: 30 });
    const typed = await page.evaluate(async () => {
      const find = (): HTMLElement =>
        document
          .querySelector('aiwb-scorecard-page')!
          .shadowRoot!.querySelector('aiwb-controls')!
          .shadowRoot!.querySelector('aiwb-control-toolbar')!
          .shadowRoot!.querySelector('vscode-textfield')!;
      const from = performance.now();
      const field = find() as HTMLElement & { value: string };
      field.value = 'P49-200';
      field.dispatchEvent(new Event('input'));
      const found = (): boolean => find().parentElement?.textContent.includes('1 of 10,000') === true;
      while (!found()) await new Promise(requestAnimationFrame);
      return performance.now() - from;
    });
    console.log(`      found one of 10,000 in ${typed.toFixed(0)} ms from the last key, the pause for typing included`);
    assert.equal(await page.locator('aiwb-control-rows .row').count(), 1);
    await toolbar.getByRole('button', { name: 'Show all' }).click();
    const frames = await page.evaluate(async () => {
      const gaps: number[] = [];
      let last = performance.now();
      const height = document.documentElement.scrollHeight;
      for (let step = 0; step < 120; step++) {
        scrollTo(0, (height * step) / 120);
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        gaps.push(now - last);
        last = now;
      }
      return gaps.sort((a, b) => a - b);
    });
    const at = (share: number): string => (frames[Math.floor(share * (frames.length - 1))] ?? 0).toFixed(0);
    console.log(`      a frame of fast scrolling: median ${at(0.5)} ms, 95 % in ${at(0.95)} ms, longest ${at(1)} ms`);
    await page.waitForTimeout(300);
    const seen = await page.evaluate(() => {
      const at = document.elementFromPoint(200, 450)?.shadowRoot?.elementFromPoint(200, 450);
      return at?.localName;
    });
    assert.ok(seen !== undefined);
  });

  it('walks by keyboard beyond what is drawn, and back', async () => {
    const { page } = await open();
    await controlOf(page, 'P00-').first().focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => scrollY > 10_000);
    const last = await focusedText(page);
    assert.match(last, /^P\d\d-\d\d\d/);
    await page.keyboard.press('ArrowUp');
    await page.waitForTimeout(100);
    assert.notEqual(await focusedText(page), last);
    await page.keyboard.press('Enter');
    await drawerOf(page).waitFor();
    await page.keyboard.press('Escape');
    await drawerOf(page).waitFor({ state: 'detached' });
    assert.match(await focusedText(page), /^P\d\d-\d\d\d/);
  });
});
