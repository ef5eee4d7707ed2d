import { parseDocument } from 'yaml';
import type { DatasetCard } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { untrustedYaml } from '../documents/untrusted-yaml.ts';
import { collectValue } from '../documents/values.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { readCard } from './read-card.ts';

/** Longer entries are no names, dates or findings. */
const longestEntry = 500;

/**
 * Reads a dataset's card: Markdown whose YAML front matter may hold `license` (an SPDX name, or several) and
 * `pii_review: {by, on, result}`. Other keys are left alone, and a card without front matter is a card that says neither.
 * `path` is absolute, `shownPath` what the lineage calls it. The digest covers the file's bytes. Throws `file-invalid` where
 * the front matter cannot be read or an entry is not what it should be: a half-read review would count as none.
 */
export async function readDatasetCard(
  files: Files,
  digest: Digest,
  path: string,
  shownPath: string,
  signal: AbortSignal,
): Promise<DatasetCard> {
  const { bytes, text } = await readCard(files, path, shownPath, signal);
  const facts = readFrontMatter(text, (what, line) => invalid(shownPath, path, what, line));
  return { path: shownPath, digest: digest.sha256(bytes), ...facts };
}

type Fault = (what: string, line?: number) => WorkbenchError;

function readFrontMatter(text: string, fault: Fault): Pick<DatasetCard, 'license' | 'piiReview'> {
  const yaml = cutFrontMatter(text, fault);
  if (yaml === undefined) return {};
  const entries = parseEntries(yaml, fault);
  const license = readLicense(own(entries, 'license'), fault);
  const piiReview = readReview(own(entries, 'pii_review'), fault);
  return { ...(license === undefined ? {} : { license }), ...(piiReview === undefined ? {} : { piiReview }) };
}

/** What stands between the file's first line, `---`, and the next such line. */
function cutFrontMatter(text: string, fault: Fault): string | undefined {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.trimEnd() !== '---') return undefined;
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  if (end === -1) throw fault('its front matter starts with `---` and is never closed', 1);
  return lines.slice(1, end).join('\n');
}

function parseEntries(yaml: string, fault: Fault): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    const document = parseDocument(yaml, { ...untrustedYaml, prettyErrors: true });
    const [error] = document.errors;
    // The first line of the file is the rule above the front matter.
    if (error !== undefined) throw fault('its front matter is no valid YAML', (error.linePos?.[0].line ?? 0) + 1);
    const collected = collectValue(document.contents);
    const [found] = collected.faults;
    if (found !== undefined) throw fault(`in its front matter: ${found.message}`);
    value = collected.value;
  } catch (error) {
    if (error instanceof WorkbenchError) throw error;
    // The parser recurses: only nesting that exhausts the stack brings it here.
    throw fault('its front matter is nested too deeply to be read');
  }
  if (value === null || value === undefined) return {};
  if (!isMapping(value)) throw fault('its front matter is no mapping of keys to values', 1);
  return value;
}

function readLicense(value: unknown, fault: Fault): string | undefined {
  if (value === undefined || value === null) return undefined;
  const names = Array.isArray(value) ? value : [value];
  if (names.length === 0 || !names.every(isEntry))
    throw fault('`license` is no name of a licence (or list of names), such as Apache-2.0');
  return names.map(name => name.trim()).join(', ');
}

function readReview(value: unknown, fault: Fault): DatasetCard['piiReview'] {
  if (value === undefined || value === null) return undefined;
  const shape = '`pii_review` needs `by`, `on` and `result`, each a text';
  if (!isMapping(value)) throw fault(shape);
  const [by, on, result] = ['by', 'on', 'result'].map(key => own(value, key));
  if (!isEntry(by) || !isEntry(on) || !isEntry(result)) throw fault(shape);
  return { by: by.trim(), on: on.trim(), result: result.trim() };
}

function isEntry(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longestEntry;
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function own(entries: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(entries, key) ? entries[key] : undefined;
}

function invalid(shownPath: string, path: string, what: string, line?: number): WorkbenchError {
  return new WorkbenchError('file-invalid', `The dataset card ${shownPath} cannot be read: ${what}.`, {
    remedy:
      'Start it like this: `---`, `license: Apache-2.0`, `pii_review: {by: …, on: 2026-01-31, result: none found}`, `---`.',
    place: { path, ...(line === undefined ? {} : { line }) },
  });
}
