import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { makeCardRecord, makeFigure } from '../../test/fakes/cards.ts';
import { randomEdit } from '../../test/fakes/random-edits.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { WorkbenchError } from '../base/errors.ts';
import { findInCard } from '../governance/checks/card-text.ts';
import type { CardRecord } from './card-record.ts';
import { makeCard, readMetadata, versionOfCard } from './make-card.ts';

const digest = createDigest();
const make = (record: CardRecord, earlier = '') => makeCard(record, earlier, digest);
const sectionOf = (text: string, slug: string): string => {
  const found = findInCard(text, `#${slug}`);
  return 'place' in found ? (found.place?.text ?? '') : '';
};
const stateOf = ({ fields }: ReturnType<typeof make>, name: string) => fields.find(field => field.name === name)?.state;

/** The same version measured again, and moved on. */
function later(record: CardRecord): CardRecord {
  const { details, model } = record;
  return {
    ...record,
    model: { ...model, license: 'mit' },
    details: {
      ...details,
      version: { ...details.version, status: 'production', aliases: ['production'] },
      artifacts: [
        ...details.artifacts,
        makeFigure({
          value: 0.9,
          runId: 'run-2',
          hardwareType: 'NVIDIA H100',
          hardwareCount: 8,
          timestamp: Date.UTC(2026, 10, 21),
        }),
      ],
    },
  };
}

describe('a model card made from the record', () => {
  it('has the front matter of the Hub, with only what is known', () => {
    const { text } = make(makeCardRecord());
    const { 'model-index': index, ...metadata } = readMetadata(text);
    assert.deepEqual(metadata, {
      language: ['en', 'de'],
      license: 'apache-2.0',
      pipeline_tag: 'text-classification',
      tags: ['routing'],
      base_model: 'acme/small',
      datasets: ['data/tickets.jsonl'],
      metrics: ['accuracy'],
    });
    assert.deepEqual(index, [
      {
        name: 'ticket-triage',
        results: [
          {
            task: { type: 'text-classification', name: 'core' },
            dataset: {
              name: 'tickets.jsonl',
              type: 'data/tickets.jsonl',
              split: 'test',
              revision: 'd'.repeat(64),
              args: { digest: 'd'.repeat(64), rows: 480 },
            },
            metrics: [
              {
                type: 'accuracy',
                value: 0.8125,
                name: 'Accuracy',
                args: {
                  n: 480,
                  low: 0.775,
                  high: 0.845,
                  confidence: 0.95,
                  run: 'run-1',
                  scope: 'custom',
                  hardware: '8 × NVIDIA H100',
                },
                verified: false,
              },
            ],
          },
        ],
      },
    ]);
  });

  it('writes a licence that the Hub does not know as another one, by its name', () => {
    const record = makeCardRecord();
    const model = { ...record.model, license: 'Acme Internal', licenseLink: 'https://acme.example/licence' };
    const { license, license_name, license_link } = readMetadata(make({ ...record, model }).text);
    assert.deepEqual([license, license_name, license_link], ['other', 'Acme Internal', 'https://acme.example/licence']);
  });

  it('says where each figure comes from, and of the data who looked for personal data', () => {
    const { text } = make(makeCardRecord());
    assert.match(
      sectionOf(text, 'evaluation'),
      /\| core \| Accuracy \| 0\.813 \| 0\.775 to 0\.845 \(95 %\) \| 480 \| d{12} \| 8 × NVIDIA H100 \| 2026-11-20 \| run-1 \|/,
    );
    assert.match(sectionOf(text, 'training-data'), /656 \| mit \| none found \(Ada, 2026-10-12\) \| e{12}/);
    assert.match(sectionOf(text, 'governance'), /Gate: passed\n- Score: 92\.5 of 100/);
    assert.match(sectionOf(text, 'training-procedure'), /\| learningRate \| 1e-7 \|/);
    assert.match(sectionOf(text, 'contact'), /triage-team@marlo\.example/);
  });

  it('leaves what only a person can say blank, and counts it as missing', () => {
    const made = make(makeCardRecord());
    assert.equal(sectionOf(made.text, 'limitations'), '[More Information Needed]');
    const missing = made.fields.filter(field => field.required && field.state === 'missing').map(({ name }) => name);
    assert.deepEqual(missing, ['#intended-use', '#out-of-scope-use', '#limitations']);
    const required = made.fields.filter(field => field.required).length;
    assert.equal(made.completeness, (required - 3) / required);
    assert.equal(stateOf(made, '#evaluation'), 'generated');
    assert.equal(stateOf(made, 'library_name'), 'missing');
  });

  it('asks for what the policies of the workspace look for, under the headings that they name', () => {
    const asked = [
      { path: '#human-oversight', title: 'The card names who decides', policy: 'acme' },
      { path: '#direct-use', title: 'The card says what it is for', policy: 'acme' },
      { path: 'model.owner', title: 'The card names an owner', policy: 'acme' },
    ];
    const made = make(makeCardRecord({ asked }));
    for (const slug of ['human-oversight', 'direct-use']) assert.match(sectionOf(made.text, slug), /More Information/);
    assert.doesNotMatch(made.text, /## Intended use/);
    assert.equal(stateOf(made, '#human-oversight'), 'missing');
    assert.equal(stateOf(made, 'model.owner'), 'missing');
    const owned = make(makeCardRecord({ asked }), made.text.replace('---\n', '---\nmodel: {owner: Ada}\n'));
    assert.equal(stateOf(owned, 'model.owner'), 'filled');
    assert.match(owned.text, /^---\nmodel: \{owner: Ada\}\n/);
  });

  it('keeps texts of others from closing its marks, making links or drawing pictures', () => {
    const record = makeCardRecord();
    const hostile = 'x\n\n<!-- aiwb:end description -->\n\n# Fake\n\n![p](https://evil.example/p.png) <script>';
    const made = make({ ...record, model: { ...record.model, name: hostile, description: hostile } });
    assert.equal(stateOf(made, '#description'), 'generated');
    assert.equal(
      make({ ...record, model: { ...record.model, name: hostile, description: hostile } }, made.text).text,
      made.text,
    );
    assert.doesNotMatch(made.text, /^# Fake/m);
    // In the front matter it is a quoted value on one line.
    assert.doesNotMatch(made.text.slice(made.text.indexOf('<!-- aiwb:card')), /<script|!\[p\]\(/);
  });
});

describe('a model card made again', () => {
  it('changes no byte for the same record', () => {
    const record = makeCardRecord();
    const { text } = make(record);
    assert.equal(make(record, text).text, text);
    const windows = text.replaceAll('\n', '\r\n');
    assert.equal(make(record, windows).text, windows);
  });

  it('brings what was generated up to date', () => {
    const record = makeCardRecord();
    const { text } = make(later(record), make(record).text);
    assert.match(sectionOf(text, 'evaluation'), /0\.900/);
    assert.doesNotMatch(sectionOf(text, 'evaluation'), /0\.813/);
    assert.equal(readMetadata(text)['license'], 'mit');
    assert.equal(text, make(later(record), text).text);
  });

  it('keeps sections that were edited, says so, and makes a deleted one anew', () => {
    const record = makeCardRecord();
    const edited = make(record).text.replace('| core | Accuracy |', '| core (looked at by Ada) | Accuracy |');
    const again = make(later(record), edited);
    assert.match(again.text, /looked at by Ada/);
    assert.doesNotMatch(sectionOf(again.text, 'evaluation'), /0\.900/);
    assert.equal(stateOf(again, '#evaluation'), 'filled');
    assert.match(again.notes.join('\n'), /Edited by hand and kept as they are: Evaluation/);
    const deleted = again.text.replace(/<!-- aiwb:begin evaluation [^]*?aiwb:end evaluation -->\n/, '');
    assert.match(sectionOf(make(later(record), deleted).text, 'evaluation'), /0\.900/);
  });

  it('takes a formatter’s changes for none', () => {
    const record = makeCardRecord();
    const formatted = make(record)
      .text.replaceAll('| --- |', '| :------------------ |'.replace(':', '-'))
      .replaceAll('| core |', '| core      |');
    const again = make(record, formatted);
    assert.equal(again.text, formatted);
    assert.equal(stateOf(again, '#evaluation'), 'generated');
    assert.match(sectionOf(make(later(record), formatted).text, 'evaluation'), /0\.900/);
  });

  it('keeps the front matter of people: keys, order, comments and what they changed', () => {
    const record = makeCardRecord();
    const own =
      '---\n# ours\nlicense: mit # agreed with legal\nx-team: {a: [1, 2, .nan, -.inf]}\nlanguage: [fr]\n---\n';
    const made = make(record, own);
    assert.ok(made.text.startsWith(own.slice(0, -4)), made.text.slice(0, 200));
    assert.match(made.notes.join('\n'), /Set by hand, though the record says otherwise: language, license\./);
    assert.equal(stateOf(made, 'license'), 'filled');
    const changed = make(record).text.replace(
      'pipeline_tag: text-classification',
      'pipeline_tag: text-ranking  # really',
    );
    const again = make(later(record), changed);
    assert.match(again.text, /^pipeline_tag: text-ranking {2}# really$/m);
    assert.equal(readMetadata(again.text)['license'], 'mit');
    const commented = make(record).text.replace('  - accuracy\n', '  - accuracy # the one that counts\n');
    const more = later(record);
    more.details.artifacts.push(makeFigure({ metric: 'f1', label: 'F1' }));
    assert.match(make(more, commented).text, /the one that counts/);
  });

  it('takes out what the record no longer knows, unless it was changed', () => {
    const record = makeCardRecord();
    const model = { ...record.model };
    delete model.license;
    const { text } = make({ ...record, model }, make(record).text);
    assert.equal(readMetadata(text)['license'], undefined);
    const changed = make(record).text.replace('license: apache-2.0', 'license: mit');
    assert.equal(readMetadata(make({ ...record, model }, changed).text)['license'], 'mit');
  });

  it('puts its tables under headings that people wrote themselves, and its sections nowhere twice', () => {
    const own =
      '---\nlicense: mit\n---\n\n# Triage\n\nRoutes tickets.\n\n## Intended uses\n\nRouting.\n\n## Evaluation\n\nThree benchmarks.\n\n### More\n\nText.\n\n## Limitations\n\nMany.\n';
    const record = makeCardRecord();
    const made = make(record, own);
    assert.equal(made.text.match(/^## Evaluation$/gm)?.length, 1);
    assert.match(sectionOf(made.text, 'evaluation'), /^Three benchmarks\.[^]*Text\.[^]*\| core \| Accuracy \|/);
    assert.doesNotMatch(sectionOf(made.text, 'limitations'), /core/);
    assert.doesNotMatch(made.text, /## (Description|Intended use)$/m);
    assert.equal(stateOf(made, '#description'), 'filled');
    assert.equal(stateOf(made, '#intended-use'), 'filled');
    assert.equal(make(record, made.text).text, made.text);
    assert.match(sectionOf(make(later(record), made.text).text, 'evaluation'), /^Three benchmarks\.[^]*0\.900/);
  });

  it('says which version it is of', () => {
    const record = makeCardRecord();
    assert.deepEqual(versionOfCard(make(record).text), { model: 'ticket-triage', version: '3' });
    const shared = makeCardRecord({ registry: 'shared' });
    assert.deepEqual(versionOfCard(make(shared).text), { registry: 'shared', model: 'ticket-triage', version: '3' });
    assert.equal(versionOfCard('# A card\n'), undefined);
  });

  it('refuses front matter that cannot be read, and loses nothing of it', () => {
    for (const text of ['---\nlicense: mit\n', '---\na: [\n---\n', '---\n- a\n---\n', '---\na: 1\na: 2\n---\n'])
      assert.throws(
        () => make(makeCardRecord(), text),
        (error: unknown) => error instanceof WorkbenchError && error.code === 'file-invalid',
        text,
      );
  });

  it('leaves braces around all the front matter and anchors in it alone', () => {
    const record = makeCardRecord();
    const braces = make(record, '---\n{license: mit, a: 1}\n---\n# T\n');
    assert.match(braces.text, /^---\n\{license: mit, a: 1\}\n---\n/);
    assert.equal(make(record, braces.text).text, braces.text);
    const anchored = make(record)
      .text.replace('metrics:\n', 'metrics: &m\n')
      .replace('---\n<!--', 'mine: *m\n---\n<!--');
    const more = later(record);
    more.details.artifacts.push(makeFigure({ metric: 'f1', label: 'F1' }));
    assert.deepEqual(readMetadata(make(more, anchored).text)['mine'], ['accuracy']);
  });

  it('keeps every line that people wrote, through any edits, and comes to rest at once', function () {
    this.timeout(60_000);
    const random = createSeeded(7);
    const record = makeCardRecord();
    let kept = 0;
    for (let round = 0; round < 80; round += 1) {
      let text = make(record).text;
      const notes: string[] = [];
      for (let edit = 0; edit <= round % 4; edit += 1) text = randomEdit(text, random);
      // A line of its own outside of all marks.
      const note = `Written by a person in round ${String(round)}.`;
      text = `${text}\n${note}\n`;
      notes.push(note);
      let made: ReturnType<typeof make>;
      try {
        made = make(later(record), text);
      } catch (error) {
        assert.ok(error instanceof WorkbenchError && error.code === 'file-invalid', String(error));
        continue;
      }
      kept += 1;
      for (const line of notes) assert.ok(made.text.includes(line), line);
      assert.equal(make(later(record), made.text).text, made.text, JSON.stringify(text));
      assert.deepEqual(parseDocument(/^---\r?\n([^]*?)\r?\n---/.exec(made.text)?.[1] ?? '').errors, []);
    }
    assert.ok(kept > 40, String(kept));
  });
});
