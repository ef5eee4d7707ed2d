import type { Report, SettingDifference } from '../../schemas/generated/messages.ts';
import { parseDocument } from '../documents/parse.ts';
import type { RunRecord } from '../ports/store.ts';

/** Stands for what a run does not have. */
const none = '–';

/**
 * Settings in which benchmark runs differ: what their files say, what the dataset, models and prompts were, and the workbench that ran
 * them. `reports` and `records` are of the same runs, in one order.
 */
export function differencesOf(reports: readonly Report[], records: readonly RunRecord[]): SettingDifference[] {
  const settings = reports.map((report, index) => settingsOf(report, records[index]));
  const names = [...new Set(settings.flatMap(own => [...own.keys()]))];
  return names.flatMap(name => {
    const values = settings.map(own => own.get(name) ?? none);
    return new Set(values).size > 1 ? [{ name, values }] : [];
  });
}

function settingsOf({ dataset, environment, variants }: Report, record: RunRecord | undefined): Map<string, string> {
  const benchmark = record === undefined ? undefined : parseDocument('bench', record.spec.text).value;
  const settings = new Map<string, string>();
  if (benchmark !== undefined) addLeaves(settings, '', benchmark);
  if (dataset !== undefined) settings.set('dataset rows', `${String(dataset.rows)} (${shorten(dataset.digest)})`);
  for (const { model, modelDigest, prompt, promptDigest, fingerprints } of variants) {
    if (modelDigest !== undefined) settings.set(`model ${model}`, shorten(modelDigest));
    if (prompt !== undefined && promptDigest !== undefined) settings.set(`prompt ${prompt}`, shorten(promptDigest));
    if (fingerprints !== undefined) settings.set(`${model} answered as`, fingerprints.join(', '));
  }
  if (environment !== undefined) settings.set('workbench', environment.workbench);
  return settings;
}

/** Mappings are followed to their leaves (`limits.concurrency`); lists are told as a whole. */
function addLeaves(settings: Map<string, string>, path: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, own] of Object.entries(value)) addLeaves(settings, path === '' ? key : `${path}.${key}`, own);
    return;
  }
  settings.set(path, Array.isArray(value) ? value.map(writeLeaf).join(', ') : writeLeaf(value));
}

function writeLeaf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shorten(digest: string): string {
  return digest.replace(/^sha256[:-]/, '').slice(0, 12);
}
