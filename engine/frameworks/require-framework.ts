import { WorkbenchError } from '../base/errors.ts';
import type { Framework } from './frameworks.ts';
import type { FrameworkLibrary } from './library.ts';

/** Throws `usage`, with what there is, for a framework or a version that is not known. */
export function requireFramework(library: FrameworkLibrary, id: string, version: string): Framework {
  const found = library.find(id, version);
  if (found !== undefined) return found;
  const versions = library.versionsOf(id);
  const ids = [...new Set(library.list().map(framework => framework.id))];
  throw versions.length === 0
    ? new WorkbenchError('usage', `There is no framework \`${id}\` here.`, { remedy: `There are: ${ids.join(', ')}.` })
    : new WorkbenchError('usage', `\`${id}\` is not known in version \`${version}\`.`, {
        remedy: `Known versions: ${versions.join(', ')}. Import another with \`aiwb frameworks import\`.`,
      });
}
