import type { HeadlineFigure, RegistryEntry } from '../../schemas/generated/messages.ts';
import { formatNumber, formatSeconds, groupDigits } from '../reports/format.ts';
import { renderTable, type Cell } from '../reports/table.ts';
import type { Found, FoundRow } from './find.ts';
import { formatReference } from '../base/registry-reference.ts';

/** Figures that stand with a row in text; the others are in its details. */
const shownFigures = 3;

/**
 * Models or versions with their figures, a figure a line: its dataset and hardware stand beside it, since figures of different rows or
 * machines are not to be compared. Nothing is ordered by a figure.
 */
export function renderFound(found: readonly Found[], width = Infinity): string {
  const rows = found.flatMap(one => one.rows.flatMap(row => rowLines(row)));
  const header = cells('Model', 'Version', 'Status', 'Figure', 'Value', 'Rows', 'Dataset', 'Hardware');
  return renderTable(header, rows, { width, shortened: ['Figure', 'Dataset', 'Hardware'] }).join('\n');
}

function rowLines({ model, version }: FoundRow): (readonly Cell[])[] {
  const registry = model?.registry ?? version?.registry ?? 'local';
  const name = formatReference({ registry, model: model?.name ?? version?.model ?? '' });
  const state = (model ?? version)?.state === 'ARCHIVED' ? `${name} (archived)` : name;
  const figures = version?.figures.slice(0, shownFigures) ?? [];
  const aliases = version === undefined || version.aliases.length === 0 ? '' : ` (${version.aliases.join(', ')})`;
  const head = [
    cell(state),
    cell(version === undefined ? '–' : `${version.version}${aliases}`),
    cell(version?.status ?? '–'),
  ];
  if (figures.length === 0) return [[...head, ...cells('–', '', '', '', '')]];
  return figures.map((figure, index) => [...(index === 0 ? head : cells('', '', '')), ...figureCells(figure)]);
}

function figureCells(figure: HeadlineFigure): Cell[] {
  const { name, value, unit, n, dataset, datasetDigest, hardware, scope } = figure;
  const digest = datasetDigest === undefined ? undefined : datasetDigest.slice(0, 12);
  const of = [dataset, digest].filter(part => part !== undefined).join(' ');
  return [
    cell(scope === 'baseline' ? name : `${name} (${scope})`, scope === 'baseline' ? undefined : ` (${scope})`),
    { text: oneLine(formatNumber(value, unit)), align: 'right' },
    { text: n === undefined ? '–' : groupDigits(n), align: 'right' },
    cell(of === '' ? 'not told' : of, dataset === undefined || digest === undefined ? undefined : ` ${digest}`),
    cell(hardware ?? 'not told'),
  ];
}

/** What must be known of a list beside it: its age, what is missing, what was not understood. */
export function notesOnFound(found: readonly Found[], now: number): string[] {
  return found.flatMap(({ registry, cachedAt, unmatched, failure, more, total, rows }) => [
    ...(failure === undefined ? [] : [`${registry} could not be asked: ${failure.message}`]),
    ...(failure === undefined && registry !== 'local' ? [describeSource(registry, cachedAt, now)] : []),
    ...(unmatched === undefined
      ? []
      : [`${registry}: no field, status or single figure is called ${unmatched.map(oneLine).join(', ')}.`]),
    ...(more
      ? [
          `${registry}: ${groupDigits(rows.length)} of ${describeTotal(total, rows.length)} are shown; --limit shows more.`,
        ]
      : []),
  ]);
}

function describeSource(registry: string, cachedAt: number | undefined, now: number): string {
  if (cachedAt === undefined)
    return `${registry}: asked just now. \`aiwb registry sync ${registry}\` keeps what it has.`;
  return `${registry}: as it was ${describeAge(now - cachedAt)} ago. \`aiwb registry sync ${registry}\` reads it anew.`;
}

/** Of a registry that was asked itself only what came is counted. */
function describeTotal(total: number, shown: number): string {
  return total > shown ? groupDigits(total) : 'more than these';
}

export function describeAge(milliseconds: number): string {
  return formatSeconds(Math.max(0, milliseconds) / 1000);
}

/** The workspace's registries, one a line. */
export function renderRegistries(registries: readonly RegistryEntry[], now: number, width = Infinity): string {
  const rows = registries.map(entry => [
    cell(entry.name),
    cell(entry.type),
    { text: groupDigits(entry.cache.models), align: 'right' as const },
    { text: groupDigits(entry.cache.versions), align: 'right' as const },
    cell(describeCache(entry, now)),
    cell(abilities(entry).join(', ')),
    cell(entry.url ?? '–'),
  ]);
  const header = cells('Registry', 'Type', 'Models', 'Versions', 'Known', 'Can', 'Address');
  return renderTable(header, rows, { width, shortened: ['Can', 'Address'] }).join('\n');
}

function describeCache({ type, cache }: RegistryEntry, now: number): string {
  if (type === 'local') return 'always current';
  const age = cache.syncedAt === undefined ? 'never read' : `${describeAge(now - cache.syncedAt)} ago`;
  const last = cache.failure === undefined ? '' : '; the last reading failed';
  return cache.syncing === true ? `${age}; being read` : age + last;
}

function abilities({ capabilities }: RegistryEntry): string[] {
  const { archivesModels, archivesVersions, aliases, keepsContent, serverFilters } = capabilities;
  return [
    ...(archivesModels ? ['archives models'] : []),
    ...(archivesVersions ? ['archives versions'] : []),
    aliases === 'native' ? 'aliases' : 'aliases as properties',
    ...(keepsContent ? ['keeps files'] : []),
    ...(serverFilters.length === 0 ? [] : [`filters by ${serverFilters.join(' ')}`]),
  ];
}

function cells(...texts: readonly string[]): Cell[] {
  return texts.map(text => cell(text));
}

function cell(text: string, keep?: string): Cell {
  return { text: oneLine(text), ...(keep === undefined ? {} : { keep: oneLine(keep) }) };
}

/** Texts others wrote steer no terminal. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\t]+\s*/g, ' ').replace(/[\p{Cc}\p{Cf}]/gu, '');
}
