import type { TestModel } from '../../schemas/generated/files.ts';
import type { DatasetLineage } from '../../schemas/generated/messages.ts';
import type { CollectedEvidence } from '../governance/evidence.ts';
import type { Subject } from '../governance/subject.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import { before } from './fixture-ages.ts';
import { fixtureDigest, fixtureModel, fixtureVersion, personOf } from './fixture-names.ts';
import { collectRuns } from './fixture-runs.ts';
import { answersOf, attestationsOf, scansOf, waiversOf } from './fixture-statements.ts';

/** A made-up version with all there is of it, as an assessment would have collected it. */
export interface Fixture {
  readonly subject: Subject;
  readonly evidence: CollectedEvidence;
}

/** Makes the version that a policy test describes. @param now milliseconds since the epoch */
export function makeFixture(model: TestModel, set: PolicySet, now: number): Fixture {
  const createdAt = before(now, model.age);
  return {
    subject: makeSubject(model, createdAt),
    evidence: {
      metric: collectRuns(model.metrics ?? {}, now),
      card:
        model.card === undefined
          ? undefined
          : { digest: fixtureDigest, path: undefined, storedAt: createdAt, content: { text: writeCard(model.card) } },
      training: shows(model, 'training-run', 'leakage-free')
        ? { state: 'recorded', endedAt: createdAt, checkpoints: [fixtureDigest] }
        : undefined,
      attestations: attestationsOf(model.attestations ?? [], set, now),
      scans: scansOf(model.scans ?? [], now),
      answers: answersOf(model.answers ?? [], set, now),
      waivers: waiversOf(model.waivers ?? [], now),
    },
  };
}

function makeSubject(model: TestModel, createdAt: number): Subject {
  const { name = fixtureModel, license, provider, ...properties } = model.facts ?? {};
  const isRecorded = shows(model, 'training-run', 'leakage-free');
  return {
    model: {
      name: String(name),
      ...(license === undefined ? {} : { license: String(license) }),
      ...(provider === undefined ? {} : { provider: String(provider) }),
      state: 'LIVE',
      createdAt,
      updatedAt: createdAt,
      aliases: {},
      versions: 1,
      customProperties: properties,
    },
    version: {
      model: fixtureModel,
      version: fixtureVersion,
      state: 'LIVE',
      status: 'candidate',
      author: personOf('author'),
      createdAt,
      weightsDigest: fixtureDigest,
      modelDigest: fixtureDigest,
      aliases: [],
      lineage: {
        trainer: personOf('trainer'),
        ...(isRecorded ? { runId: 'test-run' } : {}),
        datasets: model.lineage === undefined ? [] : [makeDataset(model.lineage)],
        prompts: [],
      },
      customProperties: {},
    },
    artifacts: [],
  };
}

type Shown = NonNullable<TestModel['lineage']>[number];

function shows({ lineage }: TestModel, ...any: readonly Shown[]): boolean {
  return any.some(each => lineage?.includes(each) === true);
}

/** The dataset it was trained on. What a card says needs a card. */
function makeDataset(shown: readonly Shown[]): DatasetLineage {
  const set = { role: 'train' as const, path: 'training-rows', digest: fixtureDigest, rows: 1000 };
  if (!shown.some(each => each === 'dataset-card' || each === 'license' || each === 'pii-review')) return set;
  return {
    ...set,
    card: {
      path: 'training-rows.md',
      digest: fixtureDigest,
      ...(shown.includes('license') ? { license: 'made-up' } : {}),
      ...(shown.includes('pii-review')
        ? { piiReview: { by: 'reviewer', on: '2026-01-01', result: 'none-found' } }
        : {}),
    },
  };
}

/** Markdown in which every place that is named says what it should. JSON is YAML, so keys and texts need no care. */
function writeCard(card: Readonly<Record<string, string>>): string {
  const entries = Object.entries(card);
  const keys = entries.filter(([place]) => !place.startsWith('#'));
  const sections = entries.filter(([place]) => place.startsWith('#'));
  return [
    '---',
    ...keys.map(([key, text]) => `${JSON.stringify(key)}: ${JSON.stringify(text)}`),
    '---',
    ...sections.map(([place, text]) => `\n## ${place.slice(1)}\n\n${text}\n`),
  ].join('\n');
}
