import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { cellsOf } from './columns-text.ts';
import { renderTable, type Cell } from './table.ts';

const right = (text: string): Cell => ({ text, align: 'right' });
const header = [{ text: 'Run' }, { text: 'Name' }, { text: 'Best' }, right('Cost'), { text: 'File' }];
const shortened = ['Name', 'Best', 'File'];
const row = (run: string, name: string, model: string, cost: string, file: string): readonly Cell[] => [
  { text: run },
  { text: name },
  { text: `${model} 0.825 Accuracy`, keep: ' 0.825 Accuracy' },
  right(cost),
  { text: file },
];
const rows = [
  row(
    '20261201-024126-m33z1',
    'Tickets of the second quarter',
    'checkpoint:triage-tuned',
    '1,204.50 USD',
    'jobs/a.yaml',
  ),
  row(
    '20261201-024124-5397v',
    '契約書の条項を分類する',
    'embedded:linear',
    '0.12 USD',
    'benchmarks/contracts/covenants.bench.yaml',
  ),
  row('20261201-024121-3jy10', 'e\u0301te\u0301 👩‍💻 release', 'gpt', '3.00 USD', 'x.bench.yaml'),
];
const render = (width?: number): string[] =>
  renderTable(header, rows, { ...(width === undefined ? {} : { width }), shortened });
/** Ids, figures and their units. */
const whole =
  /20261201-024126-m33z1|20261201-024124-5397v|20261201-024121-3jy10|0\.825 Accuracy|1,204\.50 USD|0\.12 USD|3\.00 USD/g;

describe('A plain-text table', () => {
  it('stays as wide as it is where nothing limits it, and where there is room', () => {
    const wide = render();
    assert.deepEqual(render(200), wide);
    assert.ok(wide.some(line => line.includes('benchmarks/contracts/covenants.bench.yaml')));
    assert.deepEqual(renderTable([{ text: 'A' }, right('n')], [[{ text: 'name' }, right('1')]]), [
      'A     n',
      '───────',
      'name  1',
    ]);
  });

  for (const width of [120, 105, 80, 60, 40]) {
    it(`fits ${String(width)} cells, and keeps every id and figure whole`, () => {
      const lines = render(width);
      assert.deepEqual(
        lines.filter(line => cellsOf(line) > width).filter(line => !/^File {2}\S+$/.test(line)),
        [],
        'only a word that is longer than the terminal goes beyond it',
      );
      assert.equal(lines.join(' ').replace(/ +/g, ' ').match(whole)?.length, 9);
    });
  }

  it('shortens the widest names first: a path in its middle, a sentence at its end', () => {
    const lines = render(120);
    assert.match(lines[0] ?? '', /^Run +Name +Best +Cost +File$/);
    assert.equal(lines.length, 2 + rows.length);
    assert.match(lines[3] ?? '', /benchmark\S*…\S*\.yaml$/);
    assert.match(lines[2] ?? '', /Tickets of the.*… /);
    assert.ok(lines[2]?.endsWith('jobs/a.yaml'), 'what is short stays');
  });

  it('aligns its columns by the cells that signs take', () => {
    const lines = renderTable(
      [{ text: 'Name' }, right('n')],
      [
        [{ text: '契約' }, right('1')],
        [{ text: 'e\u0301te\u0301' }, right('22')],
        [{ text: 'ascii' }, right('3')],
      ],
    );
    assert.deepEqual(lines, ['Name    n', '─────────', '契約    1', 'e\u0301te\u0301    22', 'ascii   3']);
  });

  it('never parts what a reader sees as one sign', () => {
    const name = '👩‍💻'.repeat(12);
    const [, , line] = renderTable([{ text: 'Name' }], [[{ text: name }]], { width: 20, shortened: ['Name'] });
    assert.match(line ?? '', /^(👩‍💻)+…(👩‍💻)+$/u);
    const [, , accents] = renderTable([{ text: 'Name' }], [[{ text: 'e\u0301'.repeat(30) }]], {
      width: 11,
      shortened: ['Name'],
    });
    assert.equal(accents, `${'e\u0301'.repeat(5)}…${'e\u0301'.repeat(5)}`);
  });

  it('gives each row lines of its own where the columns do not fit', () => {
    assert.deepEqual(render(40).slice(0, 9), [
      'Run   20261201-024126-m33z1',
      'Name  Tickets of the second quarter',
      'Best  checkpoint:triage-tuned 0.825',
      '      Accuracy',
      'Cost  1,204.50 USD',
      'File  jobs/a.yaml',
      '',
      'Run   20261201-024124-5397v',
      'Name  契約書の条項を分類する',
    ]);
  });

  it('leaves out what a row can be read without before that, the first named first', () => {
    const rest = { shortened, dropped: ['Cost', 'File'] };
    const headers = (width: number): string[] =>
      renderTable(header, rows, { width, ...rest })[0]
        ?.trim()
        .split(/ +/) ?? [];
    assert.deepEqual(headers(90), ['Run', 'Name', 'Best', 'Cost', 'File']);
    assert.deepEqual(headers(75), ['Run', 'Name', 'Best', 'File']);
    assert.deepEqual(headers(60), ['Run', 'Name', 'Best']);
    assert.deepEqual(headers(40), ['Run', '20261201-024126-m33z1']);
    assert.ok(
      renderTable(header, rows, { width: 40, ...rest }).some(line => line.startsWith('Cost')),
      'lines hold all',
    );
  });

  it('does the same where shortening would make rows look alike', () => {
    const names = ['evaluate-the-core-model', 'evaluate-the-bare-model'].map(text => [{ text }, right('1')]);
    const lines = renderTable([{ text: 'Name' }, right('n')], names, { width: 16, shortened: ['Name'] });
    assert.deepEqual(lines, [
      'Name  evaluate-the-core-model',
      'n     1',
      '',
      'Name  evaluate-the-bare-model',
      'n     1',
    ]);
  });

  it('puts a cell without a header above its lines, and leaves out what is empty', () => {
    const lines = renderTable(
      [{ text: '' }, right('a-long-model'), right('another-model')],
      [
        [{ text: '' }, right('baseline'), right('')],
        [{ text: 'Accuracy' }, right('0.8'), right('0.9')],
      ],
      { width: 20 },
    );
    assert.deepEqual(lines, ['a-long-model   baseline', '', 'Accuracy', 'a-long-model   0.8', 'another-model  0.9']);
  });
});
