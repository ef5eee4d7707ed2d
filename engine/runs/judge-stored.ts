import type { GateCondition } from '../../schemas/generated/files.ts';
import type { GateList, JudgedGates } from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { planBenchmark } from './plan.ts';
import type { RunPorts } from './ports.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { judgeGates } from '../reports/gates.ts';

/** The conditions of a benchmark's gate with their lines. Throws `file-invalid` where the text is no benchmark. */
export function listGates(text: string, path: string): GateList {
  const parsed = parseDocument('bench', text);
  if (parsed.value === undefined) throw invalidFileError(path, parsed.diagnostics);
  const lineOf = (...at: (string | number)[]): number => parsed.locate(at, 'key').start.line + 1;
  const { name, gate = [] } = parsed.value;
  return {
    name,
    line: lineOf('name'),
    gates: gate.map((condition, index) => ({ label: labelOf(condition), line: lineOf('gate', index) })),
  };
}

/** `accuracy of embedded:linear at least 0.7`, in the file's own numbers. */
function labelOf({ metric, model, atLeast, atMost, on }: GateCondition): string {
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${String(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${String(atMost)}`]),
  ].join(' and ');
  return `${metric} of ${model} ${bounds}${on === 'point' ? ' (the figure itself)' : ''}`;
}

/**
 * Judges the gate as `spec` has it now on a stored run: the one of `runId`, else the newest of this benchmark that succeeded. Asks no model;
 * reads the dataset to tell whether it is still the same. Throws `run-not-found`, `file-invalid`.
 */
export async function judgeStored(
  spec: RunSpec,
  runId: string | undefined,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<JudgedGates> {
  const conditions = parseDocument('bench', spec.text).value?.gate ?? [];
  const id = runId ?? (await findNewest(spec, store));
  if (id === undefined) return { gates: conditions.map(() => ({ results: [] })), stale: [] };
  const record = await store.getRun(id);
  signal.throwIfAborted();
  const variants = record.report?.variants ?? [];
  const finished = record.summary.state === 'succeeded';
  return {
    run: record.summary,
    gates: conditions.map(condition => ({ results: judgeGates([condition], variants, finished) })),
    stale: await describeChanges(spec, record, ports, signal),
  };
}

/** A notebook holds many benchmarks, told apart by cell, or by name where cells have no id. */
async function findNewest({ file, name, cell }: RunSpec, store: Store): Promise<string | undefined> {
  const isNotebook = /\.ipynb$/i.test(file);
  const runs = await store.listRuns({ kind: 'benchmark', file, limit: 1000, ...(isNotebook ? { name } : {}) });
  const own = cell === undefined ? runs : runs.filter(run => run.cell === undefined || run.cell === cell);
  return own.find(({ state }) => state === 'succeeded')?.id;
}

async function describeChanges(
  spec: RunSpec,
  { summary, spec: ran, environment, dataset, variants }: RunRecord,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<string[]> {
  const changes: string[] = [];
  if (ran.limit !== undefined) changes.push(`Run ${summary.id} asked the first ${String(ran.limit)} rows only.`);
  if (environment !== undefined && environment.fileDigest !== ports.digest.sha256(spec.text)) {
    changes.push(`${spec.file} has changed since run ${summary.id}.`);
  }
  try {
    const plan = await planBenchmark(
      { ...spec, ...(ran.limit === undefined ? {} : { limit: ran.limit }) },
      ports,
      signal,
    );
    if (dataset !== undefined && dataset.digest !== plan.scan.digest) {
      changes.push(`The data in ${plan.benchmark.dataset.path} has changed since run ${summary.id}.`);
    }
    for (const { prompt } of plan.variants) {
      const known = variants.find(variant => variant.prompt === prompt?.path);
      if (prompt === undefined || known === undefined || known.promptDigest === prompt.digest) continue;
      const sentence = `The prompt ${prompt.path} has changed since run ${summary.id}.`;
      if (!changes.includes(sentence)) changes.push(sentence);
    }
  } catch (error) {
    signal.throwIfAborted();
    changes.push(`Whether the data has changed cannot be told: ${toWorkbenchError(error).message}`);
  }
  return changes;
}
