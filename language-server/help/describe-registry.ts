import type { ModelVersion, VersionRow } from '../../schemas/generated/messages.ts';
import type { RememberedRegistry } from '../../engine/diagnostics/remembered.ts';
import { describeDate } from '../../engine/base/dates.ts';
import { formatReference, type RegistryReference } from '../../engine/base/registry-reference.ts';
import type { ServerContext } from '../context.ts';
import { code, plain, shorten } from '../markdown.ts';
import { wordAgeOf } from '../memory/last-runs.ts';
import { readRegistry, registriesAround, wordFigure, wordVersion } from '../memory/registries.ts';
import { mappingOf } from '../workspace.ts';

const mostVersions = 8;

/** A version of another registry, as it was read, with how long ago that was. Absent where the registry was never read. */
export async function describeElsewhere(
  context: ServerContext,
  uri: string,
  { registry, model, version }: RegistryReference & { readonly registry: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const known = await readRegistry(context, uri, registry, signal);
  if (known === undefined) return describeRegistry(context, uri, registry, signal);
  const age = `${plain(registry)} was read ${wordAgeOf(known.readAt, context.ports.clock.now())}: it may be newer by now.`;
  const found = version === undefined ? undefined : await known.find(model, version);
  if (found === 'unknown') return undefined;
  if (found === undefined) {
    const list = await listVersions(known, model);
    const missing = version === undefined ? '' : `${code(model)} had no version or alias ${code(version)}.\n\n`;
    return list === undefined
      ? `${plain(registry)} had no model ${code(model)}.\n\n${age}`
      : `${missing}**${plain(shorten(model, 120))}** in ${plain(registry)}\n\n${list}\n\n${age}`;
  }
  const details = await context.history.catalogue(
    uri,
    `details ${JSON.stringify([registry, model, found.version])}`,
    catalogue => catalogue.readVersion(registry, model, found.version),
    signal,
  );
  return [describeVersion(found, details?.version, registry), await describeServing(context, uri, found, signal), age]
    .filter(part => part !== undefined)
    .join('\n\n');
}

function describeVersion(row: VersionRow, details: ModelVersion | undefined, registry: string): string {
  const { model, version, status, aliases, author, createdAt, weightsDigest, figures, state } = row;
  const by = author === undefined ? '' : ` by ${plain(shorten(author, 120))}`;
  const called = aliases.length === 0 ? '' : `, also called ${aliases.slice(0, 8).map(code).join(', ')}`;
  const endpoint = details?.endpoint?.url;
  const facts = [
    `Status: ${status}${called}${state === 'ARCHIVED' ? ', archived' : ''}`,
    ...figures.slice(0, 8).map(figure => plain(shorten(wordFigure(figure), 200))),
    `Weights: ${weightsDigest === undefined ? 'unknown' : code(`${weightsDigest.slice(0, 16)}…`)}`,
    ...(endpoint === undefined ? [] : [`Served at ${code(shorten(endpoint, 200))}, says its registry`]),
  ];
  const text = row.description === undefined ? '' : `\n\n${plain(shorten(row.description, 400))}`;
  const head = `**${plain(shorten(model, 120))}** version ${plain(shorten(version, 120))} in ${plain(registry)} (registered on ${describeDate(createdAt)}${by})`;
  return `${head}${text}\n\n${facts.join('  \n')}`;
}

/** Which connection says it serves the version, under its name or an alias. */
async function describeServing(
  { workspace }: ServerContext,
  uri: string,
  { registry, model, version, aliases }: VersionRow,
  signal: AbortSignal,
): Promise<string | undefined> {
  const names = new Set([version, ...aliases].map(each => formatReference({ registry, model, version: each })));
  for (const [name, connection] of Object.entries(await workspace.connections(uri, signal))) {
    const { registered } = mappingOf(connection);
    if (typeof registered === 'string' && names.has(registered)) return `Asked by the connection ${code(name)}.`;
  }
  return undefined;
}

async function listVersions(known: RememberedRegistry, model: string): Promise<string | undefined> {
  const versions = await known.versions(model);
  if (versions.length === 0) return undefined;
  const shown = versions.slice(0, mostVersions).map(row => {
    const aliases = row.aliases.length === 0 ? '' : `: ${row.aliases.slice(0, 8).map(code).join(', ')}`;
    return `- ${plain(shorten(row.version, 120))}, ${plain(wordVersion(row, 1))}${aliases}`;
  });
  const more = versions.length - mostVersions;
  return [...shown, ...(more > 0 ? [`- and ${String(more)} older`] : [])].join('\n');
}

/** A declared registry: what it is, and what was read of it. */
export async function describeRegistry(
  context: ServerContext,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const declared = (await registriesAround(context.workspace, uri, signal)).find(one => one.name === name);
  if (declared === undefined) return undefined;
  const { type, url } = declared.settings;
  const state = await context.history.catalogue(uri, `state ${name}`, catalogue => catalogue.state(name), signal);
  const at = typeof url === 'string' ? ` at ${code(shorten(url, 200))}` : '';
  const read =
    state?.syncedAt === undefined
      ? `It was never read: ${code(`aiwb registry sync ${name}`)}.`
      : `${String(state.models)} models and ${String(state.versions)} versions, read ${wordAgeOf(state.syncedAt, context.ports.clock.now())}.`;
  return `**${plain(name)}** (${plain(typeof type === 'string' ? type : 'registry')}${at})\n\n${read}`;
}
