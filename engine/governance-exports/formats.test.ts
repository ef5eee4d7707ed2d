import assert from 'node:assert/strict';
import { person } from '../../test/fakes/assessed.ts';
import { hostile, makeHostile, makeSource, sha256 } from '../../test/fakes/scorecards.ts';
import { readXml, type XmlElement } from '../../test/fakes/xml-reader.ts';
import type { Digest } from '../ports/digest.ts';
import { renderCsv } from './csv.ts';
import { renderCycloneDx } from './cyclonedx.ts';
import { tokenOf, uuidOf } from './identifiers.ts';
import { renderGovernanceJunit } from './junit.ts';
import { renderModelCard } from './model-card.ts';
import type { ExportedSubject, ExportSource } from './source.ts';

const digest = { sha256: (data: string) => sha256(data) } as Digest;

/** What a registry knows of the version. */
const subject: ExportedSubject = {
  model: {
    name: 'triage',
    description: 'Routes tickets.',
    license: 'mit',
    tasks: ['text-classification'],
    state: 'LIVE',
    createdAt: 0,
    updatedAt: 0,
    aliases: {},
    versions: 3,
    customProperties: {},
  },
  version: {
    model: 'triage',
    version: '3',
    state: 'LIVE',
    status: 'assessed',
    author: person('author'),
    createdAt: 0,
    aliases: [],
    lineage: {
      base: { name: 'embedded:linear', digest: sha256('base') },
      datasets: [{ role: 'train', path: 'data/tickets.jsonl', digest: sha256('rows'), rows: 1200 }],
      prompts: [],
    },
    customProperties: {},
  },
  artifacts: [],
};
const card =
  '---\nlicense: mit\n---\n# Triage\n\n## Intended use\n\nRouting of tickets.\n\n## Limitations\n\nEnglish only.\n';
const fromStore: ExportSource = makeSource({}, { subject, card });

/** A line of our CSV; no field of the sample holds a line break. */
function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map(([, field = '']) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}

describe('an assessment as CSV', () => {
  it('has a row for each check, failures first, as wide as its header', () => {
    const [header = '', ...lines] = renderCsv(makeSource()).trimEnd().split('\r\n');
    const columns = fieldsOf(header);
    const rows = lines.map(line => Object.fromEntries(fieldsOf(line).map((field, index) => [columns[index], field])));
    assert.deepEqual(
      rows.map(row => [row['check'], row['state']]),
      [
        ['INJ.scan', 'fail'],
        ['CARD.limits', 'fail'],
        ['CARD.use', 'pass'],
        ['LOOK.read', 'missing'],
        ['PERF.acc', 'pass'],
        ['SEEN.read', 'pass'],
        ['C.not-applicable', 'not-applicable'],
      ],
    );
    assert.ok(lines.every(line => fieldsOf(line).length === columns.length));
    const perf = rows[4];
    assert.deepEqual([perf?.['actual'], perf?.['low'], perf?.['n']], ['0.85', '0.81', '400']);
    assert.equal(perf?.['source'], 'handbook.pdf, page 12: “Models shall be right often enough.”');
  });

  it('keeps a formula from being one', () => {
    const [, line = ''] = renderCsv(makeHostile()).split('\r\n');
    assert.ok(fieldsOf(line).every(field => !/^[=+\-@]/.test(field)));
    assert.ok(fieldsOf(line).some(field => field.startsWith("'=cmd")));
  });
});

describe('an assessment as JUnit', () => {
  const casesOf = (root: XmlElement): readonly XmlElement[] =>
    root.children.flatMap(({ children }) => children).filter(({ name }) => name === 'testcase');

  it('has a suite for the gate and each policy, with figures that add up', () => {
    const root = readXml(renderGovernanceJunit(makeSource()));
    assert.deepEqual(
      root.children.map(({ attributes }) => attributes['name']),
      ['gate', 'corp 1.1.0', 'team 1.0.0'],
    );
    const count = (name: string): number =>
      casesOf(root).filter(({ children }) => children.some(child => child.name === name)).length;
    const { tests, failures, errors, skipped } = root.attributes;
    assert.deepEqual([tests, failures, errors, skipped], ['8', '2', '1', '2']);
    assert.deepEqual([casesOf(root).length, count('failure'), count('error'), count('skipped')], [8, 2, 1, 2]);
  });

  it('skips what is waived and says why', () => {
    const waived = casesOf(readXml(renderGovernanceJunit(makeSource()))).find(
      ({ attributes }) => attributes['name']?.startsWith('INJ') === true,
    );
    assert.match(waived?.children[0]?.attributes['message'] ?? '', /^Waived: Known, and small\./);
  });

  it('keeps hostile text as text', () => {
    const [, suite] = readXml(renderGovernanceJunit(makeHostile())).children;
    assert.match(suite?.attributes['name'] ?? '', /^=cmd\|"\/c calc"!A1 <\/script><b onload='x'>&amp; \]\]>/);
  });
});

describe('an assessment as CycloneDX', () => {
  interface Bom {
    readonly serialNumber: string;
    readonly components: readonly {
      readonly type: string;
      readonly name: string;
      readonly modelCard?: {
        readonly quantitativeAnalysis: { readonly performanceMetrics: readonly unknown[] };
        readonly considerations?: {
          readonly useCases: readonly string[];
          readonly technicalLimitations: readonly string[];
        };
        readonly modelParameters: unknown;
      };
    }[];
    readonly declarations: {
      readonly attestations: readonly {
        readonly map: readonly {
          readonly requirement: string;
          readonly conformance: { readonly score: number; readonly mitigationStrategies?: readonly string[] };
        }[];
      }[];
      readonly claims: readonly {
        readonly 'bom-ref': string;
        readonly evidence?: readonly string[];
        readonly counterEvidence?: readonly string[];
      }[];
      readonly evidence: readonly { readonly 'bom-ref': string }[];
    };
    readonly definitions: {
      readonly standards: readonly {
        readonly requirements: readonly { readonly 'bom-ref': string; readonly identifier: string }[];
      }[];
    };
  }
  const read = (source: ExportSource): Bom => JSON.parse(renderCycloneDx(source)) as Bom;

  it('declares how far each requirement is met, a waived one not at all', () => {
    const { definitions, declarations } = read(makeSource());
    const names = new Map(
      definitions.standards.flatMap(({ requirements }) => requirements.map(each => [each['bom-ref'], each.identifier])),
    );
    const map = declarations.attestations.flatMap(each => each.map);
    assert.deepEqual(
      map.map(({ requirement, conformance }) => [names.get(requirement), conformance.score]),
      [
        ['PERF', 1],
        ['CARD', 0.5],
        ['LOOK', 0],
        ['SEEN', 1],
        ['INJ', 0],
      ],
    );
    assert.deepEqual(map[4]?.conformance.mitigationStrategies, ['waiver:waiver-1']);
    const known = new Set(declarations.evidence.map(each => each['bom-ref']));
    for (const { evidence = [], counterEvidence = [] } of declarations.claims) {
      for (const ref of [...evidence, ...counterEvidence]) assert.ok(known.has(ref), ref);
    }
  });

  it('holds figures with interval and slice, and of the store datasets, base and what the card says', () => {
    const [model, dataset] = read(fromStore).components;
    assert.deepEqual(model?.modelCard?.quantitativeAnalysis.performanceMetrics, [
      {
        type: 'accuracy (core)',
        value: '0.85',
        slice: 'channel: mail',
        confidenceInterval: { lowerBound: '0.81', upperBound: '0.88' },
      },
    ]);
    assert.deepEqual(model.modelCard.considerations, {
      useCases: ['Routing of tickets.'],
      technicalLimitations: ['English only.'],
    });
    assert.deepEqual(model.modelCard.modelParameters, {
      task: 'text-classification',
      datasets: [{ ref: 'dataset:1' }],
    });
    assert.deepEqual([dataset?.type, dataset?.name], ['data', 'data/tickets.jsonl']);
    assert.equal(read(makeSource()).components.length, 1);
  });
});

describe('an assessment as a model card', () => {
  it('has the judged figures as model-index, and the scorecard below', () => {
    const text = renderModelCard(makeSource(), digest);
    assert.match(text, /^---\ntags:\n {2}- assessed\n {2}- gate-not-passed\nmodel-index:\n {2}- name: triage\n/);
    assert.match(text, /\n# triage@3\n/);
    assert.match(text, /\n## Scorecard\n\n\*\*triage@3: gate NOT passed\*\*/);
  });

  it('is the version’s own card where the store has one, with what people wrote', () => {
    const text = renderModelCard(fromStore, digest);
    assert.match(text, /license: mit/);
    assert.match(text, /English only\./);
    assert.match(text, /## Governance/);
    assert.match(text, /## Scorecard/);
  });
});

describe('identifiers', () => {
  it('are UUIDs of their name, and no two names share one', () => {
    assert.equal(uuidOf(sha256, 'a', 1), uuidOf(sha256, 'a', 1));
    const made = new Set([
      uuidOf(sha256, 'a', 1),
      uuidOf(sha256, 'a', '1'),
      uuidOf(sha256, 'a1'),
      uuidOf(sha256, 'a', 1, ''),
    ]);
    assert.equal(made.size, 4);
  });

  it('are tokens: plain ids stay, others change and stay apart', () => {
    assert.equal(tokenOf(sha256, 'SEC-07.scan'), 'SEC-07.scan');
    for (const id of ['MEASURE 2.5', '7', '', hostile, 'a:b'])
      assert.match(tokenOf(sha256, id), /^[\p{L}_][\p{L}\p{N}.\-_]*$/u);
    assert.notEqual(tokenOf(sha256, 'a:b'), tokenOf(sha256, 'a/b'));
  });
});
