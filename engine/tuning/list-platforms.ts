import type { Platform, TuningJob } from '../../schemas/generated/files.ts';
import type { PlatformEntry, PlatformList } from '../../schemas/generated/messages.ts';
import { parseDocument } from '../documents/parse.ts';
import { localPlatform } from '../diagnostics/tune-checks.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { isTrained } from '../registry/trained-name.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { whyUnfit } from './base.ts';
import { kindOfBase, type BaseKind } from './job.ts';

/**
 * The platforms that a workspace declares, with the one every workspace has, and the one that a tuning job's text names. Those that cannot train
 * the job's base say why; where nobody knows what the base is, the run itself will tell.
 * @param trained what checkpoints and registered versions stand for, as far as it is known
 */
export function platformsFor(
  text: string,
  { config }: Pick<Workspace, 'config'>,
  trained: RunSpec['trained'] = {},
): PlatformList {
  const job = parseDocument('tune', text).value;
  const kind = job === undefined ? undefined : knownKind(job, trained);
  const declared = Object.entries(config.compute ?? {});
  const hasLocal = declared.some(([name]) => name === localPlatform);
  const all: readonly (readonly [string, Platform])[] = hasLocal
    ? declared
    : [[localPlatform, { type: 'local' }], ...declared];
  return {
    own: job?.platform ?? localPlatform,
    ...(job === undefined ? {} : { base: job.base }),
    platforms: all.map(([name, platform]) => entryOf(name, platform, kind)),
  };
}

function knownKind(job: TuningJob, trained: NonNullable<RunSpec['trained']>): BaseKind | undefined {
  const reference = Object.hasOwn(trained, job.base) ? trained[job.base] : undefined;
  return isTrained(job.base) && reference === undefined ? undefined : kindOfBase(job, reference);
}

function entryOf(name: string, platform: Platform, base: BaseKind | undefined): PlatformEntry {
  const hardware = hardwareOf(platform);
  const unfit = base === undefined ? undefined : whyUnfit(base, platform);
  return {
    name,
    type: platform.type,
    ...(hardware === undefined ? {} : { hardware }),
    ...(unfit === undefined ? {} : { unfit: unfit.why }),
  };
}

/** What is rented, in the platform's own words. */
function hardwareOf(platform: Platform): string | undefined {
  switch (platform.type) {
    case 'runpod':
      return [platform.gpu].flat().join(', ');
    case 'denvr':
      return platform.configuration;
    case 'azure-ml':
      return platform.compute;
    default:
      return undefined;
  }
}
