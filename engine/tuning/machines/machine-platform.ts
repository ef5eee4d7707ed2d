import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { JobBundle, JobHandle, TuningPlatform } from '../platform.ts';
import type { PlatformPorts } from '../platform-ports.ts';
import type { JobStorage } from '../storage/storage.ts';
import { lifetimeOf } from './lifetime.ts';
import type { JobDesk } from './job-desk.ts';
import type { Machines } from './machine.ts';
import { createSavedInventory } from './saved-inventory.ts';
import { Supervisor } from './supervisor.ts';
import { createTrainerDesk } from './trainer-desk.ts';
import { nounOf, productOf } from './words.ts';
import { formatSeconds } from '../../reports/format.ts';

export interface MachinePlatformSettings {
  readonly machines: Machines;
  readonly storage: JobStorage;
  /** US dollars an hour of one machine, where the platform does not tell it. */
  readonly price?: number | undefined;
  /** Install the trainer's requirements on the machine where they are missing. Default true. */
  readonly install?: boolean | undefined;
  /** The machine's own Python. Default `python3`. */
  readonly python?: string | undefined;
  /** Writes jobs and reads what comes back. Default: those of our own trainer. */
  readonly desk?: JobDesk | undefined;
}

export type MachinePorts = Pick<
  PlatformPorts,
  'files' | 'blobs' | 'digest' | 'clock' | 'quarantine' | 'scratch' | 'trainerFolder'
>;

/**
 * A platform that rents one machine a job (a pod, a cluster's job), and sees to it that at most one is ever there and none is left behind.
 * A job's handle is good in this process: another one submits the run again, and goes on with the machine it finds.
 */
export function createMachinePlatform(settings: MachinePlatformSettings, ports: MachinePorts): TuningPlatform {
  const { machines, storage, price, install = true, python = 'python3' } = settings;
  const desk = settings.desk ?? createTrainerDesk(storage, ports);
  const jobs = new Map<string, Supervisor>();

  async function priceOf(bundle: JobBundle, signal: AbortSignal): Promise<number | undefined> {
    return (await machines.hourlyPrice?.(bundle, signal)) ?? price;
  }

  function supervisorOf({ platform, job }: JobHandle): Supervisor {
    const supervisor = platform === machines.name ? jobs.get(job) : undefined;
    if (supervisor === undefined) throw new Error(`No job ${job} was submitted to ${machines.name} by this process.`);
    return supervisor;
  }

  return {
    name: machines.name,
    inventory: machines.inventory,
    saved: createSavedInventory(storage),
    async preflight(bundle, signal) {
      const findings: PreflightFinding[] = [
        ...(await machines.preflight(bundle, signal)),
        ...(await storage.preflight(signal)),
      ];
      let hourly: number | undefined;
      try {
        hourly = await priceOf(bundle, signal);
      } catch (error) {
        signal.throwIfAborted();
        findings.push(fromError('price', error));
        return findings;
      }
      return [...findings, ...judgeMoney(machines, bundle, hourly)];
    },
    async submit(bundle, earlier, record, signal) {
      let hourly = price;
      try {
        hourly = await priceOf(bundle, signal);
      } catch (error) {
        signal.throwIfAborted();
        // A machine that is there must be found even where prices cannot be asked for; without one the platform says so again.
        if (earlier === undefined) throw error;
      }
      if (bundle.budget !== undefined && hourly === undefined && machines.type !== 'ray') throw priceMissing(machines);
      const clock = ports.clock;
      const supervisor = new Supervisor(
        { machines, storage, desk, install, python, clock },
        bundle,
        earlier,
        record,
        hourly,
      );
      await supervisor.begin(signal);
      const { tag } = supervisor;
      jobs.set(tag, supervisor);
      return { platform: machines.name, job: tag };
    },
    async *events(handle, signal) {
      yield* supervisorOf(handle).follow(signal);
    },
    async cancel(handle) {
      await supervisorOf(handle).cancel();
      jobs.delete(handle.job);
    },
  };
}

/** What is known about money before anything is spent. */
function judgeMoney(machines: Machines, bundle: JobBundle, hourly: number | undefined): readonly PreflightFinding[] {
  const { budget, counted = 0, deadline } = bundle;
  const noun = nounOf(machines.type);
  if (hourly === undefined) {
    if (machines.type === 'ray') return [];
    const { message, remedy } = priceMissing(machines);
    const level = budget === undefined ? 'warning' : 'error';
    return [{ check: 'price', level, message, ...(remedy === undefined ? {} : { remedy }) }];
  }
  const findings: PreflightFinding[] = [
    { check: 'price', level: 'ok', message: `A ${noun} of ${machines.name} costs ${hourly.toFixed(2)} USD an hour.` },
  ];
  if (budget === undefined) {
    const most = (lifetimeOf(bundle, undefined, undefined) / 3600) * hourly;
    findings.push({
      check: 'budget',
      level: deadline === undefined ? 'warning' : 'ok',
      message: `Nothing bounds the cost but the ${noun}’s lifetime: up to ${most.toFixed(2)} USD.`,
      ...(deadline === undefined ? { remedy: 'Set limits.budget or limits.deadline.' } : {}),
    });
    return findings;
  }
  const seconds = hourly === 0 ? Infinity : (budget / hourly) * 3600;
  const isEnough = seconds > 300;
  const spent = counted === 0 ? '' : ` that is left (${counted.toFixed(2)} USD are spent)`;
  findings.push({
    check: 'budget',
    level: isEnough ? 'ok' : 'error',
    message: `The budget of ${budget.toFixed(2)} USD${spent} is good for ${Number.isFinite(seconds) ? formatSeconds(seconds) : 'any time'} on a ${noun}.`,
    ...(isEnough ? {} : { remedy: 'Raise limits.budget: a machine needs minutes to boot.' }),
  });
  return findings;
}

function priceMissing(machines: Machines): WorkbenchError {
  return new WorkbenchError(
    'platform-refused',
    `${productOf(machines.type)} does not tell what a ${nounOf(machines.type)} of ${machines.name} costs, so no budget can be held.`,
    { remedy: `Set \`price\` (USD an hour) of ${machines.name} in workbench.yaml.` },
  );
}

function fromError(check: PreflightFinding['check'], error: unknown): PreflightFinding {
  const { message, remedy } = toWorkbenchError(error);
  return { check, level: 'error', message, ...(remedy === undefined ? {} : { remedy }) };
}
