import { isScalar } from 'yaml';
import type { DiagnosticCode } from '../../engine/documents/diagnostic.ts';
import { suggestWord } from '../../engine/documents/suggest.ts';
import { replaceValue } from '../../engine/edits/fields.ts';
import { nodeAt } from '../../engine/edits/places.ts';
import { writeFlow } from '../../engine/edits/write-value.ts';
import { draftAt } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { inTitle, offerFix, type FixMaker } from './offer.ts';
import { pathOf, spanOf } from './spots.ts';

/** Codes whose replacement follows from the form of the value alone. */
const formal: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>(['tab-indentation', 'wrong-type']);

/** Puts what a finding says was meant in place of what it underlines. */
export const replaceWithMeant: FixMaker = (finding, scene) => {
  const { replacement } = finding;
  if (replacement === undefined) return [];
  const { start, end } = spanOf(finding, scene);
  const { text } = scene.parsed;
  if (finding.code === 'dataset-digest-mismatch')
    return offerFix('Pin the dataset as it is now', [{ start, end, text: replacement }]);
  const written = text.slice(start, end);
  const isIndentation = written.trim() === '';
  const isSpelling =
    (finding.code === 'unknown-field' || finding.code === 'not-allowed-value') && isMisspelt(written, replacement);
  const title = isIndentation ? 'Indent with spaces' : `Change to '${inTitle(replacement)}'`;
  const safe = isIndentation ? replacement : keepQuotes(written, replacement, finding.code);
  return offerFix(title, [{ start, end, text: safe }], {
    isPreferred: true,
    isSure: formal.has(finding.code) || isSpelling,
  });
};

/** Names stay as safe as they were written; forms are written already. */
function keepQuotes(written: string, replacement: string, code: DiagnosticCode): string {
  if (code === 'wrong-type') return replacement;
  if (written.startsWith('"')) return JSON.stringify(replacement);
  if (written.startsWith("'")) return `'${replacement.replaceAll("'", "''")}'`;
  return code === 'unknown-field' ? replacement : writeFlow(replacement);
}

/** The same but for its case and hyphens, or one slip in a word long enough to tell. */
function isMisspelt(written: string, meant: string): boolean {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_\s"']/g, '');
  const [a, b] = [plain(written), plain(meant)];
  if (a === b) return true;
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const [restA, restB] = [a.slice(at), b.slice(at)];
  const isSwap = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  const isSlip = [
    [1, 0],
    [0, 1],
    [1, 1],
  ].some(([skipA, skipB]) => restA.slice(skipA) === restB.slice(skipB));
  return isSwap || isSlip;
}

export const removeTag: FixMaker = (finding, scene) => {
  const { start, end } = spanOf(finding, scene);
  const space = /^[ \t]*/.exec(scene.parsed.text.slice(end))?.[0].length ?? 0;
  return offerFix('Remove the tag', [{ start, end: end + space, text: '' }], { isPreferred: true, isSure: true });
};

export const suggestAnchor: FixMaker = (finding, scene) => {
  const { start, end } = spanOf(finding, scene);
  const { text } = scene.parsed;
  const anchors = [...text.slice(0, start).matchAll(/(?:^|[\s[{,])&([^\s[\]{},]{1,100})/g)].map(
    match => match[1] ?? '',
  );
  const meant = suggestWord(text.slice(start + 1, end), anchors);
  return meant === undefined
    ? []
    : offerFix(`Change to '*${meant}'`, [{ start, end, text: `*${meant}` }], { isPreferred: true });
};

const keyVariables: Readonly<Record<string, string>> = {
  openai: 'OPENAI_API_KEY',
  'azure-openai': 'AZURE_OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
};

/** The variable a provider's key usually is in. */
export function keyVariableOf(provider: unknown): string {
  return typeof provider === 'string' && Object.hasOwn(keyVariables, provider)
    ? (keyVariables[provider] ?? 'API_KEY')
    : 'API_KEY';
}

/** Names the variable a key is found in, in place of the key; the key is never repeated. */
export const referToKey: FixMaker = (finding, scene) => {
  const path = pathOf(finding, scene);
  const at = path.indexOf('apiKey');
  if (at < 0) return [];
  const key = path.slice(0, at + 1);
  const { provider } = mappingOf(draftAt(scene.parsed.draft, path.slice(0, at))) as { readonly provider?: unknown };
  const variable = keyVariableOf(provider);
  const node = nodeAt(scene.parsed, key);
  if (node === undefined || (isScalar(node) && typeof node.value !== 'string')) return [];
  return offerFix(`Read the key from ${variable}`, replaceValue(scene.parsed, key, { env: variable }), {
    isPreferred: true,
  });
};
