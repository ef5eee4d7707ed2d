import type { LocalVersion } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import { noteStatusChange } from './outbox.ts';
import type { HandoffPorts } from './ports.ts';
import { publishPending } from './publish.ts';

/**
 * After a step on a model's way: tells every registry that its versions were published to where they stand now, those that another
 * version's step moved too. What cannot be told now stays noted and is told with the next publication; a step that was taken here is
 * never undone by a registry that does not answer. Returns what whoever took the step must know, a sentence each.
 */
export async function passOn(
  model: string,
  folder: string,
  ports: HandoffPorts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let noted = false;
  for (const version of await ports.store.registry.listVersions(model, signal)) {
    if (!(await isToldOtherwise(version, ports.store))) continue;
    await noteStatusChange(version, ports.store);
    noted = true;
  }
  if (!noted) return [];
  const { publications, notes } = await publishPending({ kind: 'status', due: true, folder }, ports, signal);
  const told = publications.map(({ registry, model: name, version, state, failure }) =>
    state === 'done'
      ? `${registry} knows of it: ${name}@${version}.`
      : `${registry} could not be told about ${name}@${version}: ${failure?.message ?? 'it did not answer.'} Do it later: \`aiwb registry publish --pending\`.`,
  );
  return [...told, ...notes];
}

/** Whether another registry was told another status than the version has. */
async function isToldOtherwise({ model, version, status }: LocalVersion, { publications }: Store): Promise<boolean> {
  const told = await publications.ofVersion(model, version);
  return told.some(one => one.kind === 'version' && one.id !== undefined && lastTold(one, told) !== status);
}

type Told = Awaited<ReturnType<Store['publications']['ofVersion']>>;

/** The newest status that a registry was told of. */
function lastTold(place: Told[number], told: Told): Told[number]['status'] {
  return told.find(one => one.registry === place.registry && one.model === place.model && one.status !== undefined)
    ?.status;
}
