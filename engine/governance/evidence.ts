import { canonicalJson } from '../../schemas/canonical.ts';
import type { Check, MetricCheck } from '../../schemas/generated/files.ts';
import type { RunSummary, VariantResult, Waiver } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { createDocumentLibrary, type LibraryDocument } from '../documents/library.ts';
import { parseDocument } from '../documents/parse.ts';
import type { PolicySet } from '../policies/policy-set.ts';
import type { RunRecord } from '../ports/store.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { newestCard, storedAtOf } from '../registry/version-cards.ts';
import { mostCardBytes } from '../registry/read-card.ts';
import { readAttestations, type AttestationEvidence } from '../promotion/attestations.ts';
import type { AnswerEvidence } from './checks/document.ts';
import type { TrainingEvidence } from './checks/lineage.ts';
import type { EvidenceRun, MetricEvidence } from './checks/metric.ts';
import type { CardEvidence } from './checks/model-card.ts';
import type { ScanEvidence } from './checks/scan.ts';
import { collectAnswers } from './evidence-answers.ts';
import { collectScans } from './evidence-scans.ts';
import { readPolicyApprovals, type FindStanding } from './policy-approvals.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readSeals, type FindSeal } from './seals.ts';
import type { Subject } from './subject.ts';
import { readWaivers } from '../promotion/read-waivers.ts';
import { askedVersion } from '../reports/asked-version.ts';
import { readPeople } from '../workspace/people.ts';

/** Everything the checks of a policy set look at, read before any is judged. */
export interface CollectedEvidence {
  metric(check: MetricCheck): MetricEvidence;
  readonly card: CardEvidence | undefined;
  /** Absent where the lineage names no tuning run. */
  readonly training: TrainingEvidence | undefined;
  /** Newest first. */
  attestations(control: string): readonly AttestationEvidence[];
  /** Newest first. */
  readonly scans: readonly ScanEvidence[];
  /** Of one check, newest first. */
  answers(check: string): readonly AnswerEvidence[];
  /** All of the model, with their approvals. */
  readonly waivers: readonly Waiver[];
  /** Absent where nothing is sealed, as in a policy's tests. */
  readonly seals?: FindSeal;
  /** Whose yes each policy has; absent where none is asked for. */
  readonly approvals?: FindStanding;
}

/**
 * Reads the evidence from the store. What cannot be read for one check is that check's `error`; a waiver that was tampered with stops
 * the assessment (`record-tampered`), because it would open the gate.
 */
export async function collectEvidence(
  set: PolicySet,
  subject: Subject,
  folder: string,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<CollectedEvidence> {
  const metrics = await collectMetrics(set, subject, folder, ports, signal);
  const people = await readPeople(folder, ports, signal);
  const attestations = await readAttestations(subject.version, ports, people);
  const answers = await collectAnswers(subject, ports);
  return {
    metric: check => metrics.get(keyOf(check)) ?? { run: undefined, missing: 'No run was looked for.' },
    card: await readModelCard(subject, ports),
    training: await findTraining(subject, ports),
    attestations: control => attestations.get(control) ?? [],
    scans: await collectScans(subject, ports, checksOf(set, 'scan')),
    answers: check => answers.get(check) ?? [],
    waivers: await readWaivers(ports.store.ledger, ports.digest, subject.model.name, { ...ports, people }),
    seals: await readSeals(ports),
    approvals: await readPolicyApprovals(ports),
  };
}

function checksOf<T extends Check['type']>(set: PolicySet, type: T): readonly Extract<Check, { type: T }>[] {
  return set.controls.flatMap(({ control }) =>
    control.checks.filter((check): check is Extract<Check, { type: T }> => check.type === type),
  );
}

function keyOf({ benchmark, dataset }: MetricCheck): string {
  return JSON.stringify([benchmark, dataset ?? null]);
}

async function collectMetrics(
  set: PolicySet,
  subject: Subject,
  folder: string,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, MetricEvidence>> {
  const checks = checksOf(set, 'metric');
  const found = new Map<string, MetricEvidence>();
  if (checks.length === 0) return found;
  const { store, files } = ports;
  const runs = (await store.listRunsAsking(subject.version.modelDigest)).filter(({ kind }) => kind === 'benchmark');
  let benchmarks: readonly LibraryDocument<'bench'>[] | undefined;
  for (const check of checks) {
    if (found.has(keyOf(check))) continue;
    signal.throwIfAborted();
    const { run, passedOver } = await findRun(check, runs, subject, ports);
    if (run === undefined) benchmarks ??= await createDocumentLibrary(files, folder).all('bench', signal);
    found.set(keyOf(check), {
      run,
      missing: run === undefined ? wordMissing(check, subject, passedOver, benchmarks ?? []) : '',
    });
  }
  return found;
}

/** The newest run that counts: finished, over all rows the benchmark asks for, with the dataset the policy names. */
async function findRun(
  check: MetricCheck,
  runs: readonly RunSummary[],
  { version }: Subject,
  { store, digest }: GovernancePorts,
): Promise<{ readonly run: EvidenceRun | undefined; readonly passedOver: readonly string[] }> {
  const passedOver: string[] = [];
  for (const { id, name, state } of runs) {
    if (name !== check.benchmark) continue;
    if (state !== 'succeeded') {
      passedOver.push(`run ${id} is ${state}`);
      continue;
    }
    const record = await store.getRun(id);
    const fault = findFault(record, check);
    if (fault === undefined) {
      const asked = (variant: VariantResult): boolean => askedVersion(variant, version.modelDigest);
      return { run: describeRun(record, asked, digest), passedOver };
    }
    passedOver.push(`run ${id} ${fault}`);
  }
  return { run: undefined, passedOver };
}

/** Why a succeeded run is no evidence. */
export function findFault({ spec, report, dataset, summary }: RunRecord, check: MetricCheck): string | undefined {
  if (spec.limit !== undefined) return `asked the first ${String(spec.limit)} rows only`;
  if (report === undefined || summary.endedAt === undefined) return 'has no report';
  if (check.dataset !== undefined && dataset?.digest !== check.dataset) return 'asked other rows than the policy names';
  return undefined;
}

/** A finished run with the variants that count. */
export function describeRun(
  record: RunRecord,
  counts: (variant: VariantResult) => boolean,
  digest: GovernancePorts['digest'],
): EvidenceRun {
  const { summary, spec, report, environment } = record;
  const endedAt = summary.endedAt ?? summary.createdAt;
  return {
    runId: summary.id,
    // Results of another tool are as old as they were measured, and not as they came in.
    endedAt: Math.min(environment?.source?.measuredAt ?? endedAt, endedAt),
    repeats: parseDocument('bench', spec.text).value?.repeats ?? 1,
    confidence: report?.confidence ?? 0.95,
    variants: (report?.variants ?? [])
      .filter(counts)
      .map(result => ({ result, digest: digest.sha256(canonicalJson(result)) })),
  };
}

function wordMissing(
  { benchmark }: MetricCheck,
  { version }: Subject,
  passedOver: readonly string[],
  benchmarks: readonly LibraryDocument<'bench'>[],
): string {
  const name = nameOfVersion(version);
  const but = passedOver.length === 0 ? '' : `: ${passedOver.slice(0, 3).join('; ')}`;
  const none = `No complete run of benchmark ${benchmark} has asked ${name}${but}.`;
  const document = benchmarks.find(({ parsed }) => parsed.value?.name === benchmark);
  if (document?.parsed.value === undefined) return `${none} The workspace has no benchmark of this name.`;
  const names = new Set([
    `registry:${version.model}`,
    ...[version.version, ...version.aliases].map(each => `registry:${version.model}@${each}`),
  ]);
  const asked = document.parsed.value.models.find(model => names.has(model));
  if (asked !== undefined) return `${none} Make one: \`aiwb run ${document.file} --model ${asked}\`.`;
  return `${none} Add registry:${name} to its models, then \`aiwb run ${document.file} --model registry:${name}\`.`;
}

async function readModelCard(
  { artifacts, version }: Subject,
  ports: GovernancePorts,
): Promise<CardEvidence | undefined> {
  const card = newestCard(artifacts);
  if (card?.digest === undefined) return undefined;
  const content = await readCardText(card.digest, ports);
  return { digest: card.digest, path: card.path, storedAt: storedAtOf(card) ?? version.createdAt, content };
}

async function readCardText(name: string, { store, digest }: GovernancePorts): Promise<CardEvidence['content']> {
  try {
    const bytes = await store.blobs.read(name);
    if (digest.sha256(bytes) !== name)
      return { fault: 'The stored model card is not the one that was registered: its digest differs.' };
    if (bytes.length > mostCardBytes) return { fault: 'The model card is larger than 256 KiB and is not read.' };
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof WorkbenchError && (error.code === 'blob-missing' || error.code === 'record-tampered'))
      return { fault: error.message };
    if (error instanceof TypeError) return { fault: 'The model card is no UTF-8 text.' };
    throw error;
  }
}

async function findTraining({ version }: Subject, { store }: GovernancePorts): Promise<TrainingEvidence | undefined> {
  const { runId } = version.lineage;
  if (runId === undefined) return undefined;
  try {
    const { summary, tuning } = await store.getRun(runId);
    if (summary.id !== runId || summary.kind !== 'tune') return { state: 'unknown' };
    if (tuning === undefined || summary.endedAt === undefined) return { state: 'unfinished' };
    return { state: 'recorded', endedAt: summary.endedAt, checkpoints: tuning.checkpoints.map(({ digest }) => digest) };
  } catch (error) {
    if (error instanceof WorkbenchError && error.code === 'run-not-found') return { state: 'unknown' };
    throw error;
  }
}
