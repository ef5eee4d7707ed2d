import type { Diagnostic } from '../documents/diagnostic.ts';
import { collectFindings, shortPlace } from '../documents/findings.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';

const tuningProviders: readonly string[] = ['openai', 'azure-openai'];

/** Whether the platforms of a workbench.yaml fit the rest of it: a service is reached by a connection, a shared folder by its whole path. */
export function checkPlatforms(parsed: ParsedDocument<'workbench'>): Diagnostic[] {
  const { compute = {}, connections = {} } = parsed.value ?? {};
  const { report, sorted } = collectFindings(parsed);
  for (const [name, platform] of Object.entries(compute)) {
    const at = ['compute', name];
    if (platform.type === 'openai') {
      const fitting = Object.keys(connections).filter(known =>
        tuningProviders.includes(connections[known]?.provider ?? ''),
      );
      const connection = Object.hasOwn(connections, platform.connection) ? connections[platform.connection] : undefined;
      const place = [...at, 'connection'];
      const known = fitting.length === 0 ? 'There are none.' : `There are ${listWords(fitting)}.`;
      const related =
        Object.keys(connections).length === 0
          ? []
          : [{ message: 'The connections.', range: shortPlace(parsed, ['connections'], 'key') }];
      if (connection === undefined) {
        const suggestion = suggestWord(platform.connection, fitting);
        const message = `\`${platform.connection}\` is none of the \`connections\`.${askDidYouMean(suggestion)} Those that can tune are of provider \`openai\` or \`azure-openai\`. ${known}`;
        report('unknown-connection', 'error', place, message, { replacement: suggestion, related });
      } else if (!tuningProviders.includes(connection.provider)) {
        const message = `\`${platform.connection}\` is of provider \`${connection.provider}\`, which tunes no models here. Use a connection of provider \`openai\` or \`azure-openai\`. ${known}`;
        report('unfit-platform', 'error', place, message, { related });
      }
    }
    const storage = 'storage' in platform ? platform.storage : undefined;
    if (storage?.type === 'folder' && !isAbsolute(storage.path)) {
      const message = `\`${storage.path}\` starts nowhere: the platform and this machine must mean the same folder. Write its absolute path.`;
      report('bad-format', 'error', [...at, 'storage', 'path'], message);
    }
  }
  return sorted();
}

/** On any system: the file may be read on another one. */
function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
}
