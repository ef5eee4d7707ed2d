import path from 'node:path';
import type { DatasetColumn, DatasetDetails, DatasetEntry, DatasetUse } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import type { FilterFacts, FilterTag } from '../trees/filter.ts';
import { failureRow } from '../trees/failure-row.ts';
import { rowsOfList, type Row } from '../trees/row.ts';
import { formatBytes, formatCount, formatRows } from '../trees/words.ts';

/** Asks for what a dataset holds. */
export type Describe = (dataset: DatasetEntry) => Promise<DatasetDetails>;

/** A file of more bytes is previewed by a click instead of opened: editors refuse or choke on it. */
const largeBytes = 10 * 1024 * 1024;

export function dataTags(): FilterTag[] {
  return [
    { tag: 'used', group: 'use', label: t('Named by a benchmark or a tuning job') },
    { tag: 'unused', group: 'use', label: t('Named by none') },
    { tag: 'missing', group: 'state', label: t('Not there') },
    ...['jsonl', 'json', 'csv', 'tsv', 'parquet', 'huggingface', 'wav-folder'].map(format => ({
      tag: format,
      group: 'format',
      label: t('Format: {0}', format),
    })),
  ];
}

export function datasetFacts({ path: file, kind, format, uses }: DatasetEntry): FilterFacts {
  return {
    text: [file, ...uses.flatMap(use => [use.name, use.file])].join('\n'),
    tags: [
      uses.length > 0 ? 'used' : 'unused',
      ...(kind === 'missing' ? ['missing'] : []),
      ...(format === undefined ? [] : [format]),
    ],
  };
}

/** Datasets that something names first, then the other data files. */
export function dataRows(folder: string, entries: readonly DatasetEntry[], describe: Describe): Row[] {
  const used = entries.filter(({ uses }) => uses.length > 0);
  const unused = entries.filter(({ uses }) => uses.length === 0);
  const rows = used.map(entry => datasetRow(folder, entry, describe));
  if (unused.length === 0) return rows;
  const group: Row = {
    key: `unused ${folder}`,
    label: t('Not Used Yet'),
    description: formatCount(unused.length),
    icon: 'folder-library',
    tooltip: t('Data files that no benchmark and no tuning job names.'),
    contextValue: 'aiwbUnusedData',
    isOpen: used.length === 0,
    children: () => rowsOfList(unused, entry => datasetRow(folder, entry, describe)),
  };
  return [...rows, group];
}

function datasetRow(folder: string, entry: DatasetEntry, describe: Describe): Row {
  const { path: file, kind, format, bytes, uses } = entry;
  const subject = { kind: 'dataset', folder, path: file } as const;
  const key = `dataset ${folder}\n${file}`;
  if (kind === 'missing') {
    return {
      key,
      label: path.posix.basename(file),
      description: [t('not there'), ...folderWords(file)].join(' · '),
      icon: 'warning',
      color: 'list.warningForeground',
      contextValue: 'aiwbDataset missing',
      tooltip: [file, t('Nothing is there.'), ...uses.map(describeUse)].join('\n'),
      accessibleLabel: t('{0}, not there', file),
      children: () => [usersRow(key, folder, uses)],
      subject,
    };
  }
  const size = bytes === undefined ? undefined : formatBytes(bytes);
  const users = uses.length === 0 ? undefined : t('used by {0}', new Set(uses.map(use => use.file)).size);
  // An ending says the format already.
  const isSaid = format !== undefined && file.toLowerCase().includes(`.${format}`);
  const facts = [isSaid ? undefined : format, size, users].filter(part => part !== undefined);
  const description = [...facts, ...folderWords(file)].join(' · ');
  return {
    key,
    label: path.posix.basename(file),
    description,
    icon: kind === 'folder' ? 'folder-library' : 'database',
    contextValue: `aiwbDataset ${kind} ${uses.length > 0 ? 'used' : 'unused'}`,
    tooltip: [file, description, ...uses.map(describeUse)].join('\n'),
    accessibleLabel: [file, ...facts].join(', '),
    ...(kind === 'file' ? { open: openTarget(subject, bytes ?? 0, format) } : {}),
    children: async () => detailRows(key, folder, entry, await describe(entry)),
    subject,
  };
}

/** The folder that a file lies in, where it is not the workspace's own. */
function folderWords(file: string): string[] {
  const folder = path.posix.dirname(file);
  return folder === '.' ? [] : [folder];
}

function openTarget(
  subject: NonNullable<Row['subject']>,
  bytes: number,
  format: DatasetEntry['format'],
): NonNullable<Row['open']> {
  const isText = format !== 'parquet' && !subject.path.toLowerCase().endsWith('.gz');
  if (isText && bytes <= largeBytes) return { kind: 'file', path: path.resolve(subject.folder, subject.path) };
  return { kind: 'command', command: 'aiwb.previewDataset', title: t('Preview Rows'), arguments: [{ subject }] };
}

function detailRows(key: string, folder: string, { uses }: DatasetEntry, details: DatasetDetails): Row[] {
  const rows: Row[] = [
    {
      key: `${key}\nrows`,
      label: formatRows(details.rows, details.counted),
      icon: 'list-ordered',
      ...(details.counted === 'all' ? {} : { tooltip: t('Only the beginning was read.') }),
    },
  ];
  if (details.failure !== undefined) rows.push(failureRow(key, details.failure));
  for (const { file, line, state } of details.pins) rows.push(pinRow(key, folder, file, line, state));
  if (details.columns.length > 0) {
    rows.push({
      key: `${key}\ncolumns`,
      label: t('Columns'),
      description: formatCount(details.columns.length),
      icon: 'symbol-field',
      children: () => details.columns.map(column => columnRow(key, column, uses)),
    });
  }
  if (details.splits.length > 0) {
    const splits = details.splits.map(({ field, name, rows: count }): Row => ({
      key: `${key}\nsplit ${field ?? ''}\n${name}`,
      label: name === '' ? t('(empty)') : name,
      description: [formatRows(count, details.counted), ...(field === undefined ? [] : [field])].join(' · '),
      icon: 'split-horizontal',
    }));
    rows.push({
      key: `${key}\nsplits`,
      label: t('Splits'),
      icon: 'split-horizontal',
      isOpen: true,
      children: () => splits,
    });
  }
  if (uses.length > 0) rows.push(usersRow(key, folder, uses));
  return rows;
}

function pinRow(
  key: string,
  folder: string,
  file: string,
  line: number,
  state: DatasetDetails['pins'][number]['state'],
): Row {
  const words = {
    same: { label: t('Still what is pinned'), icon: 'lock', color: 'testing.iconPassed' },
    changed: { label: t('Changed since it was pinned'), icon: 'warning', color: 'list.warningForeground' },
    'not-checked': { label: t('Pinned; too large to check here'), icon: 'lock' },
  }[state];
  return {
    key: `${key}\npin ${file}\n${line}`,
    ...words,
    description: file,
    open: { kind: 'file', path: path.resolve(folder, file), line },
  };
}

function columnRow(key: string, column: DatasetColumn, uses: readonly DatasetUse[]): Row {
  const { name, types, empty, distinct, values } = column;
  const parts = [
    ...rolesOf(name, uses),
    types.length === 0 ? t('empty') : types.map(typeWord).join('/'),
    ...(distinct === undefined ? [] : [distinct === 1 ? t('1 value') : t('{0} values', distinct)]),
    ...(empty === 0 || types.length === 0 ? [] : [t('{0} empty', formatCount(empty))]),
  ];
  return {
    key: `${key}\ncolumn ${name}`,
    label: name === '' ? t('(no name)') : name,
    description: parts.join(' · '),
    icon: 'symbol-field',
    tooltip: [`${name}: ${parts.join(', ')}`, ...(values === undefined ? [] : [values.join(', ')])].join('\n'),
  };
}

function typeWord(type: DatasetColumn['types'][number]): string {
  const words: Record<DatasetColumn['types'][number], string> = {
    text: t('text'),
    number: t('number'),
    boolean: t('true or false'),
    list: t('list'),
    object: t('object'),
    bytes: t('bytes'),
  };
  return words[type];
}

/** What the files that use a dataset take a column for. */
function rolesOf(name: string, uses: readonly DatasetUse[]): string[] {
  const roles = new Set<string>();
  for (const { input, target, slices, split } of uses) {
    if (input === name) roles.add(t('input'));
    if (target.includes(name)) roles.add(t('target'));
    if (split?.field === name) roles.add(t('split'));
    if (slices.includes(name)) roles.add(t('slice'));
  }
  return [...roles];
}

function usersRow(key: string, folder: string, uses: readonly DatasetUse[]): Row {
  return {
    key: `${key}\nusers`,
    label: t('Used By'),
    description: formatCount(uses.length),
    icon: 'references',
    isOpen: true,
    children: () => uses.map(use => useRow(key, folder, use)),
  };
}

function useRow(key: string, folder: string, use: DatasetUse): Row {
  const { file, line, kind, name, aspect } = use;
  return {
    key: `${key}\nuse ${file}\n${line}`,
    label: name,
    description: [aspect, file].filter(part => part !== undefined).join(' · '),
    icon: kind === 'tune' ? 'mortar-board' : 'beaker',
    tooltip: describeUse(use),
    open: { kind: 'file', path: path.resolve(folder, file), line },
  };
}

function describeUse({ name, file, aspect, input, target, slices, split }: DatasetUse): string {
  const parts = [
    aspect,
    input === undefined ? undefined : t('input {0}', input),
    target.length === 0 ? undefined : t('target {0}', target.join(', ')),
    slices.length === 0 ? undefined : t('slices {0}', slices.join(', ')),
    split?.test === undefined ? undefined : t('asks {0}', split.test),
  ].filter(part => part !== undefined);
  return `${name} (${file})${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}
