import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import { embeddedModelNames, isConnectionName } from '../documents/formats.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';
import { relatedPlaces, type WorkspaceView } from './workspace-view.ts';

/** Whether the connections among `models` are declared; `at` says where each is written. */
export async function checkConnections(
  models: readonly string[],
  at: (index: number) => DocumentPath,
  view: WorkspaceView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (!models.some(isConnectionName)) return;
  const connections = await view.connections(signal);
  if (connections.state === 'broken') return;
  const names = connections.state === 'known' ? connections.names : [];
  models.forEach((model, index) => {
    if (!isConnectionName(model) || names.includes(model)) return;
    const suggestion =
      suggestWord(model, names) ?? embeddedModelNames.find(embedded => embedded === `embedded:${model}`);
    const known = names.length === 0 ? 'It declares none.' : `It declares ${listWords(names)}.`;
    const message =
      connections.state === 'absent'
        ? `No \`workbench.yaml\` was found here or above, so there is no connection \`${model}\`. Create one with \`connections:\`, or use an embedded model such as \`embedded:linear\`.`
        : `\`workbench.yaml\` declares no connection \`${model}\`.${askDidYouMean(suggestion)} ${known}`;
    report('unknown-connection', 'error', at(index), message, {
      replacement: suggestion,
      related: relatedPlaces(connections),
    });
  });
}
