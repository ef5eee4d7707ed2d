import type { AssessmentSubject } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { joinWords } from './words.ts';
import { readPolicyApprovals } from './policy-approvals.ts';
import { readSeals } from './seals.ts';
import { describeRun, findFault, type CollectedEvidence } from './evidence.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { Subject } from './subject.ts';

/** A model of a benchmark run, registered or not. */
export interface RunChoice {
  /** Or the beginning of it. */
  readonly runId: string;
  /** As the run names it; absent: the only one it asked. */
  readonly model: string | undefined;
}

/** Registered models have no such names. */
const prefix = 'run:';

/** Whether assessments of this name are of runs. */
export function isRunSubject(model: string): boolean {
  return model.startsWith(prefix);
}

/**
 * A run as the subject of an assessment: what it measured of one model, and nothing that only a registration tells. Throws `run-not-found`, and
 * `usage` for a run that has not finished, for another kind of run, and where it does not say which of several models is meant.
 */
export async function readRunSubject({ runId, model: asked }: RunChoice, store: Store): Promise<Subject> {
  const run = await store.getRun(runId);
  const { summary, spec, variants } = run;
  if (summary.kind !== 'benchmark' || summary.state !== 'succeeded' || run.report === undefined)
    throw new WorkbenchError('usage', `The run ${summary.id} is no benchmark run that has succeeded.`, {
      remedy: '`aiwb runs list` shows the runs there are and their states.',
    });
  const models = [...new Set(variants.map(variant => variant.model))];
  const model = asked ?? (models.length === 1 ? models[0] : undefined);
  const variant = variants.find(each => each.model === model);
  if (model === undefined || variant === undefined)
    throw new WorkbenchError('usage', `The run ${summary.id} asked ${joinWords(models)}: which is to be assessed?`, {
      remedy: `Name it as the run does: \`aiwb assess ${models[0] ?? 'MODEL'} --run ${summary.id} --policy FILE\`.`,
    });
  const at = summary.endedAt ?? summary.createdAt;
  const name = nameOf(model);
  const common = { state: 'LIVE' as const, createdAt: at, customProperties: {} };
  return {
    model: { ...common, name: model, updatedAt: at, aliases: {}, versions: 0 },
    version: {
      ...common,
      model: name,
      version: summary.id,
      status: 'untracked',
      author: spec.requestedBy ?? { email: 'unknown', assurance: 'self-asserted' },
      weightsDigest: variant.modelDigest,
      modelDigest: variant.modelDigest,
      aliases: [],
      lineage: { datasets: [], prompts: [] },
    },
    artifacts: [],
    measured: { runId: summary.id, model },
  };
}

/** The name such assessments are kept under: one word, whatever the model is called. */
function nameOf(model: string): string {
  return `${prefix}${model.replace(/[^A-Za-z0-9._:/-]+/g, '-')}`;
}

/** The record's subject as it was chosen. */
export function choiceOf({
  model,
  version,
  measured,
}: AssessmentSubject): RunChoice | { readonly model: string; readonly version: string } {
  return measured === undefined ? { model, version } : measured;
}

/** That run alone, for metric checks of its benchmark. Nothing else can be known of what is not registered. */
export async function collectRunEvidence(
  set: PolicySet,
  { runId, model }: NonNullable<Subject['measured']>,
  ports: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<CollectedEvidence> {
  const { store, digest } = ports;
  const record: RunRecord = await store.getRun(runId);
  const run = describeRun(record, variant => variant.model === model, digest);
  const { name } = record.summary;
  // One object for all that find it, so that its digest is made once.
  const found = { run, missing: '' };
  const other = { run: undefined, missing: `The run ${runId} is of the benchmark ${name}, and it alone is assessed.` };
  const metrics = new Map(
    set.controls
      .flatMap(({ control }) => control.checks)
      .filter(check => check.type === 'metric')
      .map(check => {
        if (check.benchmark !== name) return [check, other] as const;
        const fault = findFault(record, check);
        return [
          check,
          fault === undefined ? found : { run: undefined, missing: `The run ${runId} ${fault}.` },
        ] as const;
      }),
  );
  return {
    metric: check => metrics.get(check) ?? other,
    card: undefined,
    training: undefined,
    attestations: () => [],
    scans: [],
    answers: () => [],
    waivers: [],
    seals: await readSeals(ports),
    approvals: await readPolicyApprovals(ports),
  };
}
