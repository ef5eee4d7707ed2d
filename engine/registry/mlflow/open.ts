import type { MlflowRegistry } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { ModelRegistry } from '../../ports/registry.ts';
import type { BackendContext } from '../registries.ts';

export function openMlflow({ name }: BackendContext<MlflowRegistry>): ModelRegistry {
  throw new WorkbenchError('usage', `The registry ${name} cannot be asked yet.`);
}
