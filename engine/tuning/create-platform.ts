import type { Platform } from '../../schemas/generated/files.ts';
import type { ChosenPlatform } from './choose-platform.ts';
import { createEmbeddedPlatform } from './embedded-platform.ts';
import { createAzureMlPlatform } from './platforms/azure-ml/azure-ml-platform.ts';
import { createLocalPlatform } from './platforms/local/local.ts';
import { createDenvrPlatform } from './platforms/denvr/open.ts';
import { createRayPlatform } from './platforms/ray/ray-platform.ts';
import { createRunPodPlatform } from './platforms/runpod/open.ts';
import type { CreatePlatform, PlatformPorts } from './platform-ports.ts';
import { createOpenAiPlatform } from './platforms/openai/platform.ts';
import type { TuningPlatform } from './platform.ts';
import type { BaseModel } from '../models/transformers/base.ts';

/** How a platform's client is made, for each type that `workbench.yaml` may declare. */
const clients: { readonly [Type in Platform['type']]: CreatePlatform<Extract<Platform, { type: Type }>> } = {
  local: createLocalPlatform,
  denvr: createDenvrPlatform,
  ray: createRayPlatform,
  runpod: createRunPodPlatform,
  'azure-ml': createAzureMlPlatform,
  openai: createOpenAiPlatform,
};

/** The client of a platform. Embedded models train in this process, whichever platform of type `local` was chosen. */
export function createPlatform(
  { name, settings }: ChosenPlatform,
  ports: PlatformPorts,
  base?: BaseModel['kind'],
): TuningPlatform {
  if (base === 'embedded') return createEmbeddedPlatform(name, ports);
  const create = clients[settings.type] as CreatePlatform;
  return create(name, settings, ports);
}
