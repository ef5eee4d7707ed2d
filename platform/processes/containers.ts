import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { toWorkbenchError, WorkbenchError } from '../../engine/base/errors.ts';
import type { ContainerJob, ContainerRuntime, Containers } from '../../engine/ports/containers.ts';
import type { ProgramOptions, ProgramResult, Programs } from '../../engine/ports/programs.ts';

/** Milliseconds a runtime has to say that it is there. */
const patience = 15_000;
/** Milliseconds an image may take to be loaded. */
const loading = 900_000;
/** Milliseconds a container has to start, beside its program's own time. */
const starting = 2000;
/** Characters kept of what a program prints. */
const longestOutput = 200_000;

const runtimes: readonly ContainerRuntime[] = ['docker', 'podman'];

/** Exit status by which docker and podman say that they themselves failed. */
const runtimeFailed = 125;

/**
 * Containers by the docker or podman on the PATH. `programs` must allow those two names with any arguments: what is run in them is
 * shut in, and the workspace cannot choose the arguments that shut it in.
 */
export function createContainers(programs: Programs): Containers {
  const folder = os.tmpdir();
  const ready = new Map<string, Promise<ContainerRuntime>>();
  const free = createGate(Math.max(1, Math.min(4, os.cpus().length)));
  const run = (command: readonly string[], options: Omit<ProgramOptions, 'folder'>, signal: AbortSignal) =>
    programs.run(command, { folder, ...options }, signal);

  const find = async (wanted: ContainerRuntime | undefined, signal: AbortSignal): Promise<ContainerRuntime> => {
    const reasons: string[] = [];
    for (const runtime of wanted === undefined ? runtimes : [wanted]) {
      const reason = await whyUnavailable(runtime, run, signal);
      if (reason === undefined) return runtime;
      reasons.push(`${runtime}: ${reason}`);
    }
    throw new WorkbenchError(
      'container-unavailable',
      `Model-written code is only run in a container, and none can be started here (${reasons.join('; ')}).`,
      { remedy: 'Start Docker or Podman, or take the metric pass-at-k out of the benchmark.' },
    );
  };
  const prepare = async (needed: Pick<ContainerJob, 'image' | 'runtime'>, signal: AbortSignal) => {
    const runtime = await find(needed.runtime, signal);
    await loadImage(runtime, needed.image, run, signal);
    return runtime;
  };
  const prepared = (
    needed: Pick<ContainerJob, 'image' | 'runtime'>,
    signal: AbortSignal,
  ): Promise<ContainerRuntime> => {
    const key = `${needed.runtime ?? ''} ${needed.image}`;
    const known = ready.get(key);
    if (known !== undefined) return known;
    const coming = prepare(needed, signal);
    ready.set(key, coming);
    coming.catch(() => ready.delete(key));
    return coming;
  };

  return {
    prepare: async (needed, signal) => {
      await prepared(needed, signal);
    },
    async run(job, signal) {
      const runtime = await prepared(job, signal);
      await free.enter();
      const name = `aiwb-${randomBytes(8).toString('hex')}`;
      try {
        return await runJob(runtime, name, job, run, signal);
      } finally {
        free.leave();
      }
    },
  };
}

type Run = (
  command: readonly string[],
  options: Omit<ProgramOptions, 'folder'>,
  signal: AbortSignal,
) => Promise<ProgramResult>;

async function whyUnavailable(runtime: ContainerRuntime, run: Run, signal: AbortSignal): Promise<string | undefined> {
  try {
    // `info` asks the service behind the command, which `--version` does not.
    const { status, errors, timedOut } = await run([runtime, 'info'], { timeout: patience }, signal);
    if (timedOut) return 'it did not answer';
    return status === 0 ? undefined : firstLine(errors) || `status ${String(status)}`;
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toWorkbenchError(error);
    return code === 'program-failed' ? 'it is not installed' : message;
  }
}

async function loadImage(runtime: ContainerRuntime, image: string, run: Run, signal: AbortSignal): Promise<void> {
  const there = await run([runtime, 'image', 'inspect', '--', image], { timeout: patience }, signal);
  if (there.status === 0) return;
  const { status, errors, timedOut } = await run(
    [runtime, 'pull', '--quiet', '--', image],
    { timeout: loading },
    signal,
  );
  if (status === 0) return;
  const reason = timedOut ? 'it took too long' : firstLine(errors);
  throw new WorkbenchError('container-unavailable', `The container image ${image} could not be loaded: ${reason}.`, {
    remedy: `Load it yourself (\`${runtime} pull ${image}\`), or name another with \`image\`.`,
  });
}

async function runJob(
  runtime: ContainerRuntime,
  name: string,
  job: ContainerJob,
  run: Run,
  signal: AbortSignal,
): Promise<ProgramResult> {
  const remove = async (): Promise<void> => {
    // Ending the client does not end the container, so it is ended by its name, even after an abort.
    await run([runtime, 'rm', '--force', '--', name], { timeout: patience }, new AbortController().signal);
  };
  let result: ProgramResult;
  try {
    const command = [runtime, ...argumentsOf(name, job)];
    result = await run(command, { input: job.input, timeout: job.timeout + starting, limit: longestOutput }, signal);
  } catch (error) {
    await remove().catch(() => undefined); // What went wrong before is what matters.
    throw error;
  }
  if (result.timedOut) await remove();
  if (result.status === runtimeFailed) {
    throw new WorkbenchError(
      'container-unavailable',
      `${runtime} could not run a container: ${firstLine(result.errors)}.`,
      {
        remedy: `Try \`${runtime} run --rm ${job.image}\` yourself.`,
      },
    );
  }
  return result;
}

function argumentsOf(name: string, { image, command, memory }: ContainerJob): readonly string[] {
  const megabytes = `${memory}m`;
  return [
    'run',
    '--rm',
    '--interactive',
    `--name=${name}`,
    '--pull=never',
    '--network=none',
    `--memory=${megabytes}`,
    `--memory-swap=${megabytes}`,
    '--cpus=1',
    '--pids-limit=64',
    '--read-only',
    '--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=64m',
    '--workdir=/tmp',
    '--env=HOME=/tmp',
    '--cap-drop=ALL',
    '--security-opt=no-new-privileges',
    '--user=65534:65534',
    '--ipc=none',
    '--log-driver=none',
    '--entrypoint=',
    '--',
    image,
    ...command,
  ];
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').slice(0, 300).replace(/\.$/, '');
}

/** Lets a few in at once; containers are heavy. */
function createGate(places: number) {
  let inside = 0;
  const waiting: (() => void)[] = [];
  return {
    async enter(): Promise<void> {
      if (inside >= places) await new Promise<void>(resolve => waiting.push(resolve));
      else inside += 1;
    },
    leave(): void {
      const next = waiting.shift();
      if (next === undefined) inside -= 1;
      else next();
    },
  };
}
