import type { MeasuringModel, MeasureTools } from '../metrics/measure.ts';
import type { Metric } from '../metrics/metric.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Budget } from '../models/budget.ts';
import type { RunLimits } from '../documents/limits.ts';
import { closeModels, openConnected, type OpenModel } from './models.ts';
import type { RecordedRuns } from '../models/connect-context.ts';
import { parametersOf, priceOf } from '../models/connections.ts';
import type { LentDesk } from '../ports/lent.ts';
import { costOf } from '../models/cost.ts';
import type { RunPorts } from './ports.ts';
import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import { meterModel } from '../scoring/metered-model.ts';
import type { MeasureSession } from '../scoring/measure-session.ts';
import { judgeNamed, type MeasurePlan } from '../scoring/plan-measures.ts';
import { ProgramSession } from '../scoring/program-session.ts';

export interface MeasureSettings {
  readonly measures: MeasurePlan;
  readonly workspace: Workspace;
  readonly limits: RunLimits;
  readonly seed: number;
  /** Absolute path of the benchmark's folder, where programs start. */
  readonly folder: string;
  /** Models the run asks anyway: one that measures too keeps to the same limits. */
  readonly opened: readonly OpenModel[];
  readonly budget: Budget;
  /** Earlier runs, for judges that are replayed. */
  readonly runs: RecordedRuns;
  /** Where VS Code's own models are asked. */
  readonly lent: LentDesk;
  /** US dollars that a request of a measuring model cost. */
  onCost(cost: number): void;
}

/** Programs and containers that may be measuring at once. */
const programsAtOnce = 64;

/**
 * Opens everything that metrics measure with, before anything is asked and paid for: connections with their secrets, programs, containers.
 * Throws what is missing.
 */
export async function openMeasureTools(
  settings: MeasureSettings,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<MeasureSession> {
  const { measures, workspace, limits } = settings;
  const own: OpenModel[] = [];
  const programs = new Map<string, ProgramSession>();
  const close = async (): Promise<void> => {
    await closeModels(own);
    for (const program of programs.values()) await program.close();
  };
  try {
    const models = new Map<string, MeasuringModel>();
    let concurrency = 0;
    for (const name of measures.models) {
      const open = await openMeasuring(name, settings, ports, own, signal);
      const connection = connectionNamed(workspace, name);
      const price = priceOf(connection);
      const model = meterModel(open.model, price, settings.budget, settings.onCost);
      models.set(name, { name, model, parameters: parametersOf(connection), costOf: usage => costOf(usage, price) });
      concurrency += open.concurrency;
    }
    for (const { metric } of measures.measures) {
      await openOutside(metric, settings, ports, programs, signal);
      if (metric.needs?.programs !== undefined || metric.needs?.container !== undefined) concurrency += programsAtOnce;
    }
    return {
      toolsFor: metric => createTools(metric, models, programs, settings, ports),
      digests: new Map([...models].map(([name, { model }]) => [name, model.digest])),
      concurrency: Math.max(4, Math.min(512, concurrency || limits.concurrency)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openMeasuring(
  name: string,
  settings: MeasureSettings,
  ports: RunPorts,
  own: OpenModel[],
  signal: AbortSignal,
): Promise<OpenModel> {
  const { workspace, opened, runs, lent } = settings;
  const shared = opened.find(({ planned }) => planned.kind === 'connection' && (planned.via ?? planned.name) === name);
  if (shared !== undefined) return shared;
  const planned = { name, kind: 'connection', connection: connectionNamed(workspace, name) } as const;
  const open = await openConnected(planned, settings, ports, runs, lent, signal);
  own.push(open);
  return open;
}

/** Starts a metric's programs and makes sure of its container. */
async function openOutside(
  { needs }: Metric,
  { folder }: MeasureSettings,
  ports: RunPorts,
  programs: Map<string, ProgramSession>,
  signal: AbortSignal,
): Promise<void> {
  if (needs?.container !== undefined) await ports.containers.prepare(needs.container, signal);
  for (const command of needs?.programs ?? []) {
    const key = JSON.stringify(command);
    if (programs.has(key)) continue;
    const start = () => ports.programs.start(command, { folder }, signal);
    const session = new ProgramSession(command[0] ?? 'The program', start, ports.clock);
    programs.set(key, session);
    await session.open();
  }
}

function createTools(
  metric: Pick<Metric, 'id'>,
  models: ReadonlyMap<string, MeasuringModel>,
  programs: ReadonlyMap<string, ProgramSession>,
  { workspace, limits, seed }: MeasureSettings,
  ports: RunPorts,
): MeasureTools {
  return {
    model(name) {
      const model = models.get(judgeNamed(name, metric, workspace));
      if (model === undefined) throw notNeeded(metric, name);
      return model;
    },
    ask(command, request, timeout, signal) {
      const program = programs.get(JSON.stringify(command));
      if (program === undefined) throw notNeeded(metric, command.join(' '));
      return program.ask(request, timeout, signal);
    },
    container: (job, signal) => ports.containers.run(job, signal),
    timeout: limits.timeout,
    seed,
  };
}

function notNeeded({ id }: Pick<Metric, 'id'>, what: string): WorkbenchError {
  return new WorkbenchError('internal', `The metric ${id} uses ${what} and did not say that it needs it.`);
}
