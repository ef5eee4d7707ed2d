import { rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { GovernancePorts } from '../../engine/ports/governance.ts';
import { trainedModelDigest } from '../../engine/models/trained.ts';
import type { LedgerRecord } from '../../engine/ports/ledger.ts';
import { registerCheckpoint, type Registration } from '../../engine/registry/register.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import { createFiles } from '../../platform/files/files.ts';
import type { SigningKey } from '../../engine/ports/signing.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createSigning } from '../../platform/host/signing.ts';
import { databaseName } from '../../platform/store/names.ts';
import { openStore } from '../../platform/store/store.ts';
import type { AssessmentRecord, GateResult } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../../engine/ports/registry.ts';
import { identity, makeAssessment, makeTuningReport } from './evidence.ts';
import { createSetClock, makeProgress, makeStoreFolder, type SetClock } from './runs.ts';

export const signal = new AbortController().signal;
const bench: RunSpec = {
  kind: 'benchmark',
  text: 'name: core\n',
  path: '/w/core.bench.yaml',
  file: 'core.bench.yaml',
  name: 'core',
  folder: '/w',
  origin: 'terminal',
};

/** A real store in a temporary folder with everything governance needs, and hands to make evidence with. */
export interface Governed {
  readonly ports: GovernancePorts;
  readonly clock: SetClock;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** Whoever acts from now on. */
  act(as: string): void;
  /** Whoever acts has this signing key from now on. */
  holdKey(signingKey: SigningKey | undefined): void;
  /** Registers weights made of `content`; the same content is the same weights. */
  register(content: string, changes?: Partial<Registration>): Promise<LocalVersion>;
  /** A succeeded benchmark run that asked these versions. */
  measure(versions: readonly LocalVersion[], options?: Measurement): Promise<string>;
  /** Stores an assessment with this gate, by whoever acts. */
  assess(version: LocalVersion, changes?: Partial<AssessmentRecord>): Promise<LedgerRecord>;
  /** Changes the store's file as somebody with an editor for databases would. */
  edit(sql: string, ...values: (string | number)[]): void;
  close(): Promise<void>;
}

export interface Measurement {
  readonly name?: string;
  readonly gate?: GateResult['outcome'];
  readonly value?: number;
  readonly dataset?: string;
  /** Only the first rows were asked. */
  readonly limit?: number;
}

export async function openGoverned(): Promise<Governed> {
  const clock = createSetClock(Date.UTC(2026, 9, 1));
  const storeFolder = makeStoreFolder();
  const folder = path.dirname(storeFolder);
  const store = await openStore({ folder: storeFolder, clock });
  const digest = createDigest();
  let who = 'author';
  let key: SigningKey | undefined;
  let counter = 0;
  const ports: GovernancePorts = {
    store,
    files: createFiles(),
    clock,
    digest,
    identities: { whoAmI: () => Promise.resolve(identity(who)) },
    signing: { ownKey: () => Promise.resolve(key), verify: createSigning({}).verify },
    random: () => ((counter += 1) % 32) / 32,
    workbench: '0.1.0',
  };
  const nextId = (): string => `run-${String((counter += 1))}`;
  return {
    ports,
    clock,
    folder,
    act: as => (who = as),
    holdKey: signingKey => (key = signingKey),
    register: async (content, changes = {}) => {
      const { digest: weights, bytes } = await store.blobs.put(new TextEncoder().encode(content));
      clock.advance(1000);
      const report = changes.report ?? makeTuningReport(`tune-${content}`, weights, bytes);
      const spec = changes.spec ?? { ...bench, kind: 'tune', name: report.run.name, requestedBy: identity('trainer') };
      const registration = { model: 'triage', author: identity('author'), folder, ...changes, report, spec };
      return registerCheckpoint(registration, ports, signal);
    },
    measure: async (versions, { name = 'core', gate, value = 0.9, dataset = 'rows-1', limit } = {}) => {
      clock.advance(1000);
      const id = nextId();
      const run = await store.createRun({
        id,
        spec: { ...bench, name, file: `${name}.bench.yaml`, ...(limit === undefined ? {} : { limit }) },
        createdAt: clock.now(),
      });
      const writer = await store.openWriter(id, { host: 'here', bootId: 'b', pid: 1 });
      const variants = versions.map(({ model, version, weightsDigest }, variant) => ({
        variant,
        model: `registry:${model}@${version}`,
        modelDigest: trainedModelDigest(digest, weightsDigest),
      }));
      const environment = { workbench: '0.1.0', node: '24', platform: 'linux', host: 'here', seed: 7, fileDigest: 'f' };
      const facts = { path: 'rows.jsonl', digest: dataset, rows: 100, trainingRows: 0 };
      await writer.begin({ variants, environment, dataset: facts });
      const gates: GateResult[] = variants.flatMap(({ model }) =>
        gate === undefined
          ? []
          : [
              {
                metric: 'accuracy',
                label: 'Accuracy',
                model,
                condition: 'at least 0.8',
                outcome: gate,
                sentence: `${model}: ${gate}.`,
              },
            ],
      );
      await writer.finish({
        state: 'succeeded',
        progress: makeProgress(100),
        headlines: [],
        report: {
          title: name,
          createdAt: clock.now(),
          runs: [run.summary],
          confidence: 0.95,
          variants: variants.map(variant => ({
            ...variant,
            runId: id,
            samples: 100,
            failed: 0,
            slices: [],
            metrics: [
              {
                metric: 'accuracy',
                label: 'Accuracy',
                kind: 'quality',
                unit: 'ratio',
                direction: 'higher',
                value,
                n: 100,
                low: value - 0.05,
                high: value + 0.05,
                confidence: 0.95,
              },
              {
                metric: 'cost',
                label: 'Cost',
                kind: 'cost',
                unit: 'USD',
                direction: 'lower',
                value: null,
                n: 0,
                note: 'No price is known.',
              },
            ],
          })),
          comparisons: [],
          gates,
          failures: [],
          notes: [],
        },
      });
      return id;
    },
    assess: async (version, changes = {}) => {
      clock.advance(1000);
      const record = makeAssessment(
        `assessment-${String((counter += 1))}`,
        version,
        identity(who),
        clock.now(),
        changes,
      );
      return store.ledger.append({
        id: record.id,
        kind: 'assessment',
        model: version.model,
        version: version.version,
        at: record.assessedAt,
        actor: record.assessor,
        payload: record,
      });
    },
    edit: (sql, ...values) => {
      const database = new DatabaseSync(path.join(storeFolder, databaseName));
      try {
        database.prepare(sql).run(...values);
      } finally {
        database.close();
      }
    },
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
