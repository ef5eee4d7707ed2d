import type { Platform } from '../../schemas/generated/files.ts';
import type { PlatformEntry, PlatformList } from '../../schemas/generated/messages.ts';
import { parseDocument } from '../documents/parse.ts';
import { localPlatform } from '../diagnostics/tune-checks.ts';
import type { Workspace } from '../workspace/workspace.ts';

/** The platforms that a workspace declares, with the one every workspace has, and the one that a tuning job's text names. */
export function platformsFor(text: string, { config }: Pick<Workspace, 'config'>): PlatformList {
  const declared = Object.entries(config.compute ?? {}).map(([name, platform]) => entryOf(name, platform));
  const hasLocal = declared.some(({ name }) => name === localPlatform);
  return {
    own: parseDocument('tune', text).value?.platform ?? localPlatform,
    platforms: [...(hasLocal ? [] : [{ name: localPlatform, type: 'local' as const }]), ...declared],
  };
}

function entryOf(name: string, platform: Platform): PlatformEntry {
  const hardware = hardwareOf(platform);
  return { name, type: platform.type, ...(hardware === undefined ? {} : { hardware }) };
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
