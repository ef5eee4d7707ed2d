import assert from 'node:assert/strict';
import { makeCardRecord } from '../../test/fakes/cards.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { renderCardHtml } from './card-html.ts';
import { makeCard } from './make-card.ts';

const page = (body: string): string => renderCardHtml(`---\nlicense: mit\n---\n${body}`, 'Card');
const main = (body: string): string => /<main>\n([^]*)<\/main>/.exec(page(body))?.[1] ?? '';

describe('a model card as a page', () => {
  it('shows front matter and sections, and no mark', () => {
    const { text } = makeCard(makeCardRecord(), '', createDigest());
    const html = renderCardHtml(text, 'Card');
    assert.match(html, /<h1 id="ticket-triage">ticket-triage<\/h1>\n<dl>\n<dt>language<\/dt><dd>en, de<\/dd>/);
    assert.match(html, /<h2 id="Evaluation">Evaluation<\/h2>/);
    assert.match(html, /<td>8 × NVIDIA H100<\/td>/);
    assert.match(html, /\[More Information Needed\]/);
    assert.doesNotMatch(html, /aiwb:|&lt;!--/);
  });

  it('runs nothing and fetches nothing', () => {
    const html = page('# T\n');
    assert.match(
      html,
      /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/,
    );
    assert.doesNotMatch(html, /<script/);
  });

  it('shows HTML as text, links to the web and beside it alone, and no picture', () => {
    const html = main(
      [
        '<script>alert(1)</script> <img src=x onerror=alert(1)>',
        '[a](javascript:alert(1)) [b](vscode://x) [c](//evil.example) [d](file:///etc/passwd) [e](command:x)',
        '[f](https://acme.example/x) [g](mailto:a@b.example) [h](data/t.jsonl) [i](#limits)',
        '![p](https://evil.example/p.png) ![q](data:image/svg+xml;base64,PHN2Zz4=)',
      ].join('\n\n'),
    );
    const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href);
    assert.deepEqual(links, [
      'https://acme.example/x',
      'mailto:a@b.example',
      'data/t.jsonl',
      '#limits',
      'https://evil.example/p.png',
    ]);
    assert.doesNotMatch(html, /<(?:script|img)/);
  });

  it('hides comments wherever they stand, and nothing but comments', () => {
    assert.equal(main('a <!-- x --> b\n').includes('x'), false);
    assert.match(main('a <!-- x --> b\n'), /<p>a {2}b<\/p>/);
    assert.match(main('<!-- one\n\ntwo -->\n\n# T\n'), /<h1 id="T">T<\/h1>/);
    assert.match(main('# T\n\n<!-- x -->text\n'), /<p>text<\/p>/);
    assert.match(main('<!-- never closed\n'), /&lt;!-- never closed/);
    assert.match(main('```\n<!-- kept -->\n```\n'), /&lt;!-- kept --&gt;/);
    assert.match(main('- a\n  <!-- x -->\n- b\n'), /<li>a<\/li>/);
  });

  it('gives every heading a name of its own', () => {
    const ids = [...main('# a\n\n# a\n\n# a-2\n\n# a\n').matchAll(/<h1 id="([^"]*)"/g)].map(([, id]) => id);
    assert.deepEqual([ids.slice(0, 2), new Set(ids).size], [['a', 'a-2'], 4]);
  });

  it('shows front matter that people wrote as text', () => {
    const html = renderCardHtml('---\n"<b>": "<script>"\nmodel: {a: [1, "<i>"]}\n---\n', 'x');
    assert.match(html, /<dt>&#60;b&#62;<\/dt><dd>&#60;script&#62;<\/dd>|<dt>&lt;b&gt;<\/dt><dd>&lt;script&gt;<\/dd>/);
    assert.doesNotMatch(html, /<(?:b|i|script)>/);
  });
});
