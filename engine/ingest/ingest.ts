import type { Identity, IngestRequest, IngestSource, Ingestion } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { toFailure } from '../base/failure.ts';
import { createRunId } from '../base/run-id.ts';
import { placesOf } from './places.ts';
import type { IngestPorts } from './ports.ts';
import { reportOf } from './report.ts';
import { nameOf } from './sources/oci.ts';
import { parseSource } from './sources/parse.ts';
import { identify, isOver, newIngestion, readIngestion, stepNames, writeIngestion } from './state.ts';
import { fetchSource } from './steps/fetch.ts';
import { checkCard, checkFormats, checkSignature, scanFiles, takeDigests } from './steps/inspect.ts';
import { giveVerdict, keepFiles, registerVersion, runBenchmarks } from './steps/keep.ts';
import type { StepName, StepOutcome, Steps } from './steps/step.ts';
import { unpackParts } from './steps/unpack.ts';

const steps: Steps = {
  fetch: fetchSource,
  unpack: unpackParts,
  digests: takeDigests,
  signature: checkSignature,
  card: checkCard,
  'unsafe-files': scanFiles,
  formats: checkFormats,
  verdict: giveVerdict,
  keep: keepFiles,
  benchmarks: runBenchmarks,
  register: registerVersion,
};

/** Findings that a person takes upon themselves. */
export interface Acceptance {
  /** Their ids. */
  readonly findings: readonly string[];
  readonly reason: string;
}

/** Records a new ingestion; nothing is fetched yet. Throws `usage` for a source that cannot be read. Whoever calls has checked the names. */
export async function beginIngestion(
  request: IngestRequest,
  by: Identity,
  folder: string,
  ports: IngestPorts,
): Promise<Ingestion> {
  const source = await describeSource(request, folder, ports);
  const id = createRunId(ports.clock, ports.random);
  const resolved =
    source.kind === 'folder' || source.kind === 'file' ? { ...request, source: source.address } : request;
  const ingestion = newIngestion(id, resolved, source, by, ports.clock.now());
  await writeIngestion(ingestion, ports);
  return ingestion;
}

async function describeSource(
  request: IngestRequest,
  folder: string,
  { files, store }: IngestPorts,
): Promise<IngestSource> {
  const source = parseSource(request.source);
  switch (source.kind) {
    case 'path': {
      const address = files.resolve(folder, source.path);
      const facts = await files.facts(address);
      if (facts === undefined || facts.kind === 'other')
        throw new WorkbenchError('file-not-found', `${source.path} is neither a file nor a folder.`, {
          remedy: 'Name a folder, a file, or an address (https://, oci://, s3://).',
          place: { path: address },
        });
      const inside = files.relative(address, store.path);
      if (facts.kind === 'folder' && (inside === '' || !(inside.startsWith('..') || /^(?:\/|[A-Za-z]:)/.test(inside))))
        throw new WorkbenchError('usage', `${source.path} holds the store itself, and is no model's folder.`, {
          remedy: "Name the folder that holds the model's files alone.",
        });
      return { kind: facts.kind, address };
    }
    case 'http':
      return { kind: 'http', address: source.url };
    case 'oci':
      return { kind: 'oci', address: nameOf(source) };
    case 's3':
      return { kind: 's3', address: `s3://${source.bucket}/${source.key}` };
  }
}

/**
 * Goes through the steps that are not over, and writes each down when it is. Killed at any moment, called again it goes on: what was
 * fetched is not fetched again, and nothing is registered twice. An ingestion that a check refuses is returned with that step `refused`.
 * Throws what a step failed of, `run-active` where another process works on it, and `usage` for findings that cannot be accepted.
 */
export async function continueIngestion(
  id: string,
  acceptance: ({ readonly by: Identity } & Acceptance) | undefined,
  ports: IngestPorts,
  signal: AbortSignal,
): Promise<Ingestion> {
  const { id: full } = await readIngestion(id, ports, signal);
  const claim = await ports.quarantine.claim(placesOf(full, ports).folder, ports.owner);
  try {
    // Read again: until the claim was taken another process may have gone on with it.
    let current = await readIngestion(full, ports, signal);
    if (acceptance !== undefined) current = accept(current, acceptance, ports.clock.now());
    const write = async (next: Ingestion): Promise<Ingestion> => {
      await claim.require();
      const stamped = { ...next, updatedAt: ports.clock.now() };
      await writeIngestion(stamped, ports);
      return stamped;
    };
    current = await write(current);
    for (const name of stepNames) {
      const step = current.steps.find(one => one.name === name);
      if (step === undefined || isOver(step)) continue;
      signal.throwIfAborted();
      current = await write(withStep(current, name, { name, state: 'running', startedAt: ports.clock.now() }));
      let outcome: StepOutcome;
      try {
        outcome = await steps[name]({
          get ingestion() {
            return current;
          },
          ports,
          signal,
          async save(changes) {
            current = await write({ ...current, ...changes });
          },
        });
      } catch (error) {
        signal.throwIfAborted();
        const failure = toFailure(error);
        const state = toWorkbenchError(error).code === 'gate-not-met' ? 'refused' : 'failed';
        await write(endStep(current, name, { state, sentence: failure.message, failure }, ports.clock.now()));
        throw error;
      }
      const { state, sentence, evidence, findings, changes } = outcome;
      current = { ...current, ...changes };
      if (findings !== undefined) {
        const others = current.findings.filter(({ check }) => check !== name);
        current = { ...current, findings: [...others, ...identify(name, findings, current, ports.digest)] };
      }
      const facts = { state, sentence, ...(evidence === undefined ? {} : { evidence }) };
      current = await write(endStep(current, name, facts, ports.clock.now()));
      if (name === 'verdict') await writeReport(current, ports);
      if (state === 'refused') return current;
    }
    return current;
  } finally {
    await claim.release();
  }
}

/** Findings are accepted one by one: what follows from them is judged anew. */
function accept(
  ingestion: Ingestion,
  { findings, reason, by }: { readonly by: Identity } & Acceptance,
  at: number,
): Ingestion {
  if (reason.trim() === '')
    throw new WorkbenchError('usage', 'To accept a finding takes a reason.', { remedy: 'Give one: --reason "…".' });
  const acceptances = { ...ingestion.acceptances };
  for (const id of findings) {
    if (!ingestion.findings.some(finding => finding.id === id))
      throw new WorkbenchError('usage', `The ingestion ${ingestion.id} has no finding "${id}".`, {
        remedy: 'Ids of findings stand in brackets behind them.',
      });
    acceptances[id] = { by, reason: reason.trim(), at };
  }
  return {
    ...ingestion,
    acceptances,
    findings: ingestion.findings.map(finding => {
      const accepted = Object.hasOwn(acceptances, finding.id) ? acceptances[finding.id] : undefined;
      return accepted === undefined ? finding : { ...finding, accepted };
    }),
  };
}

function withStep(ingestion: Ingestion, name: StepName, step: Ingestion['steps'][number]): Ingestion {
  return { ...ingestion, steps: ingestion.steps.map(one => (one.name === name ? step : one)) };
}

function endStep(
  ingestion: Ingestion,
  name: StepName,
  facts: Pick<Ingestion['steps'][number], 'state' | 'sentence' | 'evidence' | 'failure'>,
  endedAt: number,
): Ingestion {
  const startedAt = ingestion.steps.find(one => one.name === name)?.startedAt;
  return withStep(ingestion, name, { name, ...(startedAt === undefined ? {} : { startedAt }), endedAt, ...facts });
}

/** What was refused has a report too; the one of a version is written again when it is registered. */
async function writeReport(ingestion: Ingestion, ports: IngestPorts): Promise<void> {
  const text = `${JSON.stringify(reportOf(ingestion, ports.workbench), undefined, 2)}\n`;
  await ports.files.writeText(placesOf(ingestion.id, ports).report, text);
}
