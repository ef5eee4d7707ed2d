import assert from 'node:assert/strict';
import type { SourceText } from '../../../schemas/generated/messages.ts';
import { markdownText } from '../../../test/fakes/documents.ts';
import { findQuote } from '../find-quote.ts';
import { severityOf } from './modality.ts';
import { draftByStructure, mostControls } from './structure.ts';

const draft = (text: string, pages: SourceText['pages'] = []) =>
  draftByStructure({ ...markdownText(text), pages }).controls;

describe('draftByStructure', () => {
  const severities: readonly [words: string, severity: string | undefined][] = [
    ['Owners must sign.', 'high'],
    ['Records shall be kept.', 'high'],
    ['Each owner is required to sign.', 'high'],
    ['Release is prohibited above the bar.', 'high'],
    ['Owners may not approve their own model.', 'high'],
    ['Staff cannot export customer data.', 'high'],
    ['Critical control: owners must sign.', 'critical'],
    ['There is zero tolerance: bias must be removed.', 'critical'],
    ['Models for critical infrastructure must be tested.', 'high'],
    ['Models should be tested.', 'medium'],
    ['It is recommended to test models.', 'medium'],
    ['Owners may use synthetic data.', 'low'],
    ['This may cause harm.', undefined],
    ['Models may drift.', undefined],
    ['The bank tests its models.', undefined],
    ['Must owners sign?', undefined],
    ['“Model” shall mean any function.', undefined],
    ['The words "must", "should" and "may" are used as usual.', undefined],
    ['Mustard is yellow.', undefined],
  ];
  for (const [words, severity] of severities)
    it(`takes “${words}” for ${severity ?? 'no demand'}`, () => assert.equal(severityOf(words), severity));

  it('makes a control of each demand, with its words, heading and number', () => {
    const text = `# AI policy

Intro without a demand.

## 3. Fairness

3.1 Rates between groups shall not differ by more than 10%. Results must be recorded.

(a) Owners should look at every group, e.g. by age. This is background.

## Data

Owners must sign each data set. Owners must renew it yearly.
`;
    const controls = draft(text);
    assert.deepEqual(
      controls.map(({ id, title, severity, section }) => [id, title, severity, section]),
      [
        ['FAIR-3.1', 'Rates between groups shall not differ by more than 10%', 'high', ['AI policy', '3. Fairness']],
        ['FAIR-3.1-2', 'Results must be recorded', 'high', ['AI policy', '3. Fairness']],
        ['FAIR-3.1.a', 'Owners should look at every group', 'medium', ['AI policy', '3. Fairness']],
        ['DATA-01', 'Owners must sign each data set', 'high', ['AI policy', 'Data']],
        ['DATA-02', 'Owners must renew it yearly', 'high', ['AI policy', 'Data']],
      ],
    );
    for (const { quote, start } of controls) assert.equal(text.slice(start, start + quote.length), quote);
    assert.equal(controls[2]?.quote, 'Owners should look at every group, e.g. by age.');
  });

  it('takes the items of a list for what leads up to them', () => {
    const controls = draft(`# Duties

Owners shall:

- keep records of every run
- sign each release
- and should read the news

Nothing else is asked. Staff must:
be kind.
`);
    assert.deepEqual(
      controls.map(({ title, severity, leadIn }) => [title, severity, leadIn]),
      [
        ['Keep records of every run', 'high', 'Owners shall:'],
        ['Sign each release', 'high', 'Owners shall:'],
        ['And should read the news', 'medium', undefined],
        ['Staff must: be kind', 'high', undefined],
      ],
    );
  });

  it('reads neither code, tables, contents nor headings', () => {
    const controls = draft(`# Models must be tested

Testing must be done .......... 4

\`\`\`
Code must not be read.
\`\`\`

| Owners must | sign |

**Owners** must *really* sign.
`);
    assert.deepEqual(
      controls.map(({ quote, title }) => [quote, title]),
      [['**Owners** must *really* sign.', 'Owners must really sign']],
    );
  });

  it('knows the page of each sentence', () => {
    const text = 'Owners must sign.\n\nModels must be tested.';
    const pages = [
      { page: 1, start: 0, end: 17 },
      { page: 2, start: 17, end: text.length },
    ];
    assert.deepEqual(
      draft(text, pages).map(({ page }) => page),
      [1, 2],
    );
  });

  it('proposes evidence that is at hand, and suggests what needs a bar', () => {
    const of = (text: string) => draft(text)[0];
    const kinds = (text: string) => of(text)?.checks.map(({ type }) => type);
    assert.deepEqual(kinds('Training data must carry a licence.'), ['lineage', 'attestation']);
    assert.deepEqual(kinds('The model must have a licence.'), ['model-card', 'attestation']);
    assert.deepEqual(kinds('Personal data in data sets must be reviewed.'), ['lineage', 'attestation']);
    assert.deepEqual(kinds('The intended use must be documented.'), ['model-card', 'document']);
    assert.deepEqual(kinds('A written plan must exist for each model.'), ['document']);
    assert.deepEqual(kinds('Owners must sign it.'), ['attestation']);
    assert.match(
      of('Differences between groups shall not exceed ten percentage points.')?.suggestions[0] ?? '',
      /value: 0\.1}/,
    );
    assert.match(of('Prompt injections must be stopped.')?.suggestions[0] ?? '', /source: garak.*value: BAR/);
    assert.match(of('Bias must stay between 5% and 10%.')?.suggestions[0] ?? '', /value: BAR/);
    assert.deepEqual(of('Models must be explainable.')?.remarks, ['Related in nist-ai-rmf 1.0: MEASURE 2.9.']);
  });

  it('keeps the strictest where there are more than a policy holds, and says how many are left', () => {
    const text = Array.from(
      { length: 400 },
      (_, index) => `Rule ${index} must hold here. Rule ${index} may be read.`,
    ).join('\n\n');
    const { controls, left } = draftByStructure(markdownText(text));
    assert.deepEqual([controls.length, left, new Set(controls.map(({ severity }) => severity)).size], [400, 400, 1]);
    const more = Array.from({ length: 600 }, (_, index) => `Rule ${index} must hold here.`).join('\n\n');
    assert.equal(draftByStructure(markdownText(more)).controls.length, mostControls);
  });

  it('is the same every time, and every quote is found again', () => {
    const text = Array.from(
      { length: 50 },
      (_, index) => `## Part ${index % 7}\n\n${index}. Owners shall sign\nform ${index}, and must keep it.`,
    ).join('\n\n');
    const first = draft(text);
    assert.deepEqual(draft(text), first);
    assert.equal(new Set(first.map(({ id }) => id)).size, first.length);
    for (const { quote, start } of first) assert.equal(findQuote(text, quote)[0]?.start, start);
  });
});
