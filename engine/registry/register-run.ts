import type { TuningJob } from '../../schemas/generated/files.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Identity } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { invalidFileError } from '../documents/failure.ts';
import { parseDocument } from '../documents/parse.ts';
import type { RunRecord } from '../ports/store.ts';
import { registerCheckpoint, type RegistryPorts } from './register.ts';

/** A finished tuning run to register. What is not given is taken from the job's own `register` section. */
export interface RunRegistration {
  /** Id of the run; the beginning is enough. */
  readonly runId: string;
  readonly epoch?: number;
  readonly model?: string;
  readonly description?: string;
  readonly alias?: string;
  /** Absolute path of the model card. */
  readonly card?: string;
  readonly author: Identity;
}

/** Registers a checkpoint of a tuning run that succeeded. Throws `usage` for any other run, and where no model is named. */
export async function registerRun(
  request: RunRegistration,
  ports: RegistryPorts,
  signal: AbortSignal,
): Promise<LocalVersion> {
  const record = await ports.store.getRun(request.runId);
  const { summary, spec, tuning } = record;
  if (summary.kind !== 'tune') {
    throw new WorkbenchError(
      'usage',
      `Run ${summary.id} is a benchmark's; only tuning runs have weights to register.`,
      {
        remedy: `To add its figures to the versions it asked: \`aiwb registry publish ${summary.id}\`.`,
      },
    );
  }
  if (summary.state !== 'succeeded' || tuning === undefined) {
    throw new WorkbenchError('usage', `Run ${summary.id} of ${summary.name} is ${summary.state}, not succeeded.`, {
      remedy: summary.resumable === true ? `Finish it first: \`aiwb tune --resume ${summary.id}\`.` : 'Run it again.',
    });
  }
  const own = ownRegistration(record);
  const model = request.model ?? own?.model;
  if (model === undefined) {
    throw new WorkbenchError('usage', `${summary.name} does not say under which model it is registered.`, {
      remedy: 'Name one: `aiwb registry register RUN --model my-model`.',
    });
  }
  // What the job says of its model is no word on another one.
  const given = own?.model === model ? own : undefined;
  const card = request.card ?? cardOf(record, given, ports);
  const description = request.description ?? given?.description;
  const alias = request.alias ?? given?.alias;
  return registerCheckpoint(
    {
      report: tuning,
      spec,
      model,
      author: request.author,
      folder: spec.folder,
      ...(request.epoch === undefined ? {} : { epoch: request.epoch }),
      ...(description === undefined ? {} : { description }),
      ...(alias === undefined ? {} : { alias }),
      ...(card === undefined ? {} : { card }),
      ...(given?.tasks === undefined ? {} : { tasks: given.tasks }),
      ...(given?.license === undefined ? {} : { license: given.license }),
      ...(given?.properties === undefined ? {} : { properties: given.properties }),
    },
    ports,
    signal,
  );
}

/** The job's `register` section as it was when the run was asked for. */
function ownRegistration({ spec }: RunRecord): TuningJob['register'] {
  const { value, diagnostics } = parseDocument('tune', spec.text);
  if (value === undefined) throw invalidFileError(spec.path, diagnostics);
  return value.register;
}

function cardOf({ spec }: RunRecord, given: TuningJob['register'], { files }: RegistryPorts): string | undefined {
  return given?.card === undefined ? undefined : files.resolve(files.parent(spec.path), given.card);
}
