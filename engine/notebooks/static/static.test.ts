import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import type { Report, ScorecardView, TuningComparison } from '../../../schemas/generated/messages.ts';
import type { Block } from './block.ts';
import { largestStatic } from './bounded.ts';
import { renderStaticHtml } from './html.ts';
import { renderStaticMarkdown } from './markdown.ts';
import { describeAssessment } from './of-assessment.ts';
import { describeReport } from './of-report.ts';
import { describeRun } from './of-run.ts';
import { describeTuning } from './of-tuning.ts';

const fixtures = path.join(import.meta.dirname, '../../../test/fixtures');
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(fixtures, `${name}.json`), 'utf8'));

const report = read('reports/full') as Report;
const tuning = read('tuning/finished') as TuningComparison;
const scorecard = read('scorecards/failed') as ScorecardView;

/** Everything a file of results from anywhere may try. */
const hostile: Readonly<Record<string, readonly Block[]>> = {
  report: describeReport(read('reports/hostile') as Report),
  tuning: describeTuning(read('tuning/hostile') as TuningComparison),
  assessment: describeAssessment(read('scorecards/hostile') as ScorecardView),
};

/** What a document would need to run or fetch something: another element or attribute than those of tables and drawings. */
function findActive(html: string): string | undefined {
  const styles = [...html.matchAll(/ style="([^"]*)"/g)].map(([, style]) => style).join();
  const bare = html.replace(/="[^"]*"/g, '=""');
  const element =
    /<(?!\/?(?:div|p|strong|ul|li|table|caption|thead|tbody|tr|th|td|pre|svg|line|circle|path)\b).{0,80}/i;
  return (element.exec(bare) ??
    /<[^>]*\s(?:on\w+|href|src|class|id)=.{0,80}/i.exec(bare) ??
    /url\(|@import/.exec(styles))?.[0];
}

/** Letters that no reader sees. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('static HTML', () => {
  it('says all there is to say about a benchmark, in tables that read without styles', () => {
    const html = renderStaticHtml(describeReport(report));
    assert.match(html, /<caption[^>]*>Models<\/caption>/);
    assert.match(html, /<th scope="row"[^>]*>embedded:linear<\/th>/);
    assert.match(html, /<th scope="col"[^>]*>Accuracy<\/th>/);
    assert.match(html, />0\.825 \(0\.788 to 0\.856\)<\/td>/);
    assert.match(html, /Gate NOT met: F1/);
    assert.match(html, /<caption[^>]*>Slices, by Accuracy<\/caption>/);
    assert.match(html, /<caption[^>]*>Accuracy with 95 % intervals<\/caption>/);
    assert.match(html, /<svg [^>]*role="img" aria-label="embedded:majority: 0\.204 \(0\.171 to 0\.243\)"/);
    assert.equal(findActive(html), undefined);
  });

  it('draws what a tuning run learnt, and lists its figures', () => {
    const html = renderStaticHtml(describeTuning(tuning));
    assert.match(html, /<svg [^>]*aria-label="Loss by epoch, in nats a row"/);
    assert.match(html, /training \(solid\): [\d.]+ at epoch 1, [\d.]+ at \d+\./);
    assert.match(html, /Chosen, where the upright line stands: epoch \d+\./);
    assert.match(html, /<caption[^>]*>Test rows<\/caption>/);
    assert.equal(findActive(html), undefined);
  });

  it('shows an assessment with its verdict, conditions, controls and frameworks', () => {
    const html = renderStaticHtml(describeAssessment(scorecard));
    assert.match(html, /gate NOT passed/);
    for (const caption of ['Gate', 'Controls', 'Frameworks'])
      assert.ok(html.includes(`>${caption}</caption>`), caption);
    assert.match(html, /not legal advice/);
  });

  it('says of a run that goes on where it is, since when and how to see it', () => {
    const run = {
      version: 1,
      runId: 'r1',
      name: 'triage',
      state: 'running',
      createdAt: Date.UTC(2026, 8, 21, 13, 7),
    } as const;
    const html = renderStaticHtml(describeRun({ ...run, kind: 'benchmark', host: 'box' }));
    assert.match(html, /triage: running/);
    assert.match(html, /run r1 on box, since 2026-09-21 13:07 UTC/);
    assert.match(html, /aiwb runs show r1/);
  });

  it('leaves no crumbs where a viewer takes its drawings out', () => {
    for (const blocks of [describeReport(report), describeTuning(tuning)])
      for (const [, inside = ''] of renderStaticHtml(blocks).matchAll(/<svg[^>]*>(.*?)<\/svg>/gs))
        assert.equal(inside.replace(/<[^>]*>/g, ''), '');
  });

  for (const [name, blocks] of Object.entries(hostile)) {
    it(`shows a hostile ${name} as text`, () => {
      const html = renderStaticHtml(blocks);
      assert.equal(findActive(html), undefined);
      assert.ok(!unseen.test(html), 'nothing unseen is left');
    });
  }

  it('stays small: what is left out of it is counted and named', () => {
    const [variant] = report.variants;
    assert.ok(variant);
    const many: Report = {
      ...report,
      variants: Array.from({ length: 3_000 }, (_, index) => ({ ...variant, model: `model-${String(index)}` })),
      notes: ['x'.repeat(1_000_000)],
    };
    for (const render of [renderStaticHtml, renderStaticMarkdown]) {
      const text = render(describeReport(many));
      assert.ok(Buffer.byteLength(text) <= largestStatic, String(Buffer.byteLength(text)));
      assert.match(text, /Rows: 2,?\d+ more: model-\d+, model/);
      assert.match(text, /1,000,000 characters in all/);
    }
  });

  it('keeps its bound also where no part fits', () => {
    const blocks = Array.from({ length: 5_000 }, (): Block => ({
      kind: 'code',
      title: 'answer',
      text: '💥'.repeat(400),
    }));
    for (const render of [renderStaticHtml, renderStaticMarkdown]) {
      const text = render(blocks);
      assert.ok(Buffer.byteLength(text) <= largestStatic + 200);
      assert.match(text, /\d+ more parts of this output are left out/);
    }
  });
});

describe('static Markdown', () => {
  it('says the same as the HTML', () => {
    const markdown = renderStaticMarkdown(describeReport(report));
    assert.match(markdown, /\| embedded:linear \| 0\.825 \(0\.788 to 0\.856\) \|/);
    assert.match(markdown, /- Gate NOT met: F1/);
  });

  for (const [name, blocks] of Object.entries(hostile)) {
    it(`shows a hostile ${name} as text, also to a viewer that lets HTML through`, () => {
      const markdown = renderStaticMarkdown(blocks);
      const html = new MarkdownIt({ html: true, linkify: false }).render(markdown);
      assert.ok(
        !/<(script|img|a|iframe|i|b|h\d)\b/i.test(html),
        /<(script|img|a|iframe|i|b|h\d)\b.{0,60}/i.exec(html)?.[0],
      );
      assert.ok(!unseen.test(markdown), 'nothing unseen is left');
    });
  }

  it('keeps texts as they are: fences, tables, lists, escape sequences', () => {
    const odd = [
      '`````\n</pre><script>x</script>',
      '| a | b |',
      '- x',
      '1. x',
      '\u001b[31mred\u001b[0m \u001b]8;;https://x\u0007link',
      '# x',
      '=== ',
    ];
    const blocks: readonly Block[] = [
      { kind: 'code', title: '- 1', text: odd[0] ?? '' },
      { kind: 'list', items: odd },
      { kind: 'table', caption: 'T', header: [{ text: 'A|B' }], rows: odd.map(text => [{ text }]) },
    ];
    const html = new MarkdownIt({ html: true }).render(renderStaticMarkdown(blocks));
    assert.equal(html.match(/<tr>/g)?.length, 1 + odd.length);
    assert.equal(html.match(/<li>/g)?.length, odd.length);
    assert.equal(html.match(/<(ol|h1|h2|script)/g), null);
    assert.match(html, /<pre><code class="language-text">`````\n&lt;\/pre&gt;/);
    assert.match(html, /<li>red link<\/li>/);
  });
});
