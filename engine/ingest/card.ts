import { parseDocument } from 'yaml';
import type { IngestCard } from '../../schemas/generated/messages.ts';
import { untrustedYaml } from '../documents/untrusted-yaml.ts';
import { collectValue } from '../documents/values.ts';
import type { Observed } from './scan/findings.ts';
import { quoted } from './scan/findings.ts';
import { isRecord } from './scan/safetensors.ts';
import { isKnownLicense } from './spdx-ids.ts';

/** What is asked of a card. */
export interface CardPolicy {
  readonly requireLicense: boolean;
  /** Only these licences; absent: all. */
  readonly licenses?: readonly string[];
}

const longestEntry = 300;
/** What people look for in a card: what it is for, what it is not for, and what it was trained and measured on. */
const wanted: readonly (readonly [title: string, pattern: RegExp])[] = [
  ['intended use', /\b(?:intended|use|uses|usage|purpose)\b/i],
  ['limitations', /\b(?:limitation|limitations|bias|biases|risk|risks|out[- ]of[- ]scope)\b/i],
  ['training data', /\b(?:training|trained|data|dataset|datasets)\b/i],
  ['evaluation', /\b(?:evaluation|evaluations|results|performance|benchmark|benchmarks|metrics)\b/i],
];

/** Reads a model card (Markdown with Hugging Face front matter). Never throws: what is wrong with it is a finding. */
export function readModelCard(
  text: string,
  path: string,
): { readonly card: IngestCard; readonly faults: readonly Observed[] } {
  const faults: Observed[] = [];
  const front = cutFrontMatter(text);
  const fields = front === undefined ? {} : readFields(front, path, faults);
  const sections = [...text.matchAll(/^#{1,6}[ \t]+(.{1,200})$/gm)].map(([, title = '']) => title.trim()).slice(0, 200);
  const license = texts(fields['license'])[0];
  const licenseName = texts(fields['license_name'])[0];
  const licenseLink = texts(fields['license_link'])[0];
  const baseModel = texts(fields['base_model'])[0];
  const tasks = [...texts(fields['pipeline_tag']), ...texts(fields['task']), ...texts(fields['tasks'])];
  const language = texts(fields['language']);
  return {
    card: {
      path,
      sections,
      ...(license === undefined ? {} : { license }),
      ...(licenseName === undefined ? {} : { licenseName }),
      ...(licenseLink === undefined ? {} : { licenseLink }),
      ...(baseModel === undefined ? {} : { baseModel }),
      ...(tasks.length === 0 ? {} : { tasks: [...new Set(tasks)] }),
      ...(language.length === 0 ? {} : { language: [...language] }),
    },
    faults,
  };
}

/** What the card says against what is asked of it. */
export function judgeCard(card: IngestCard, { requireLicense, licenses }: CardPolicy): readonly Observed[] {
  const findings: Observed[] = [];
  const file = card.path === undefined ? {} : { file: card.path };
  if (card.path === undefined) {
    findings.push({
      rule: 'card-missing',
      severity: 'warning',
      message: 'It has no model card (README.md).',
      remedy: 'Ask for one, or write one: it says what the model is for and what it must not be used for.',
    });
  } else {
    const missing = wanted.filter(([, pattern]) => !card.sections.some(title => pattern.test(title)));
    if (missing.length > 0)
      findings.push({
        rule: 'card-sections',
        severity: 'note',
        ...file,
        message: `Its card has no section on ${missing.map(([title]) => title).join(', ')}.`,
      });
  }
  const { license } = card;
  const severity = requireLicense ? ('unsafe' as const) : ('warning' as const);
  if (license === undefined) {
    findings.push({
      rule: 'license-missing',
      severity,
      ...file,
      message: 'Its card names no licence.',
      remedy: 'Ask under which terms it may be used; without a licence nobody may.',
    });
    return findings;
  }
  // `other` with a name is how hubs write a licence of somebody's own.
  const name = license === 'other' ? (card.licenseName ?? license) : license;
  if (licenses !== undefined && !licenses.some(allowed => allowed.toLowerCase() === name.toLowerCase())) {
    findings.push({
      rule: 'license-not-allowed',
      severity: 'unsafe',
      ...file,
      message: `Its licence ${quoted(name)} is none of those that are allowed (${licenses.join(', ')}).`,
      remedy: 'Take another model, or have the licence allowed.',
    });
  } else if (licenses === undefined && !isKnownLicense(license)) {
    findings.push({
      rule: 'license-unknown',
      severity,
      ...file,
      message: `Its licence ${quoted(name)} is no name that SPDX or the model hubs know.`,
      remedy: 'Read its terms before the model is used.',
    });
  }
  return findings;
}

function cutFrontMatter(text: string): string | undefined {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  if (lines[0]?.trimEnd() !== '---') return undefined;
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  return end < 0 ? undefined : lines.slice(1, end).join('\n');
}

function readFields(front: string, path: string, faults: Observed[]): Readonly<Record<string, unknown>> {
  try {
    const document = parseDocument(front, untrustedYaml);
    if (document.errors.length === 0) {
      const { value, faults: inside } = collectValue(document.contents);
      if (inside.length === 0 && isRecord(value)) return value;
    }
  } catch {
    // The parser recurses: nesting that exhausts the stack is one more way to be no front matter.
  }
  faults.push({
    rule: 'card-unreadable',
    severity: 'warning',
    file: path,
    message: 'The front matter of its card is no valid YAML mapping.',
    remedy: 'Its licence and tasks could not be read: look at it yourself.',
  });
  return {};
}

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list
    .filter((entry): entry is string => typeof entry === 'string' && entry.trim() !== '')
    .map(entry => entry.trim())
    .filter(entry => entry.length <= longestEntry)
    .slice(0, 50);
}
