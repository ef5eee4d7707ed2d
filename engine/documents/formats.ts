import type { DocumentPath } from './diagnostic.ts';
import { isPromptKind, type DocumentKind } from './kinds.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';

/** The names of the embedded models, as benchmarks write them. */
export const embeddedModelNames = ['embedded:majority', 'embedded:keyword', 'embedded:knn', 'embedded:linear'] as const;

/** The one embedded model whose weights a tuning job can train. */
export const trainableModel = 'embedded:linear';

const id = 'letters, digits, `.`, `_` and `-`, a letter or digit first, 120 in all';
const duration = 'an ISO 8601 duration of years, months, weeks, days or a time';
const address = 'an `http://` or `https://` address without user name, password or spaces';

/** What a text field must look like, in words; patterns are for machines. */
const forms: Readonly<Record<string, string>> = {
  budget: 'an amount in US dollars',
  maxErrorRate: 'a percentage',
  timeout: 'a duration in seconds or ISO 8601',
  deadline: 'a duration in seconds or ISO 8601',
  freshness: duration,
  validity: duration,
  age: duration,
  reviewBy: 'a date, year-month-day',
  now: 'a date, year-month-day',
  until: 'a date, year-month-day',
  control: id,
  check: id,
  imported: 'a date, year-month-day',
  baseUrl: address,
  proxy: address,
  url: 'an `http://` or `https://` address without spaces',
  sha256: 'a SHA-256 digest: 64 digits and letters from `a` to `f`',
  digest: '`sha256:` and a SHA-256 digest: 64 digits and letters from `a` to `f`',
  dataset: 'a SHA-256 digest: 64 digits and letters from `a` to `f`',
  field: '`model.` and the name of a fact, one that the version was registered with',
  scorecard: 'a file name that ends in `.scorecard.json`',
  alias: 'letters, digits, `.`, `_` and `-`, a letter first, 64 in all',
  platform: 'the name of a platform (letters, digits, `_` and `-`, a letter first)',
  as: 'letters, digits, `_` and `-`, a letter or digit first, 64 in all; `last` already means the newest run',
  id,
  name: id,
  env: 'the name of an environment variable (letters, digits and `_`), never the key itself',
  secret: 'the name a key was saved under (a letter first, then letters, digits, `_` and `-`), never the key itself',
};

export function expectedForm(kind: DocumentKind, path: DocumentPath): string | undefined {
  const field = path.at(-1);
  if (path.at(-2) === 'headers') return 'printable ASCII characters on one line';
  if (kind === 'policy') {
    if (field === 'version' && path.length === 1) return 'a semantic version, major.minor.patch';
    if (field === 'model' && path[0] === 'assess') return "a registered model's name, `@`, and a version or alias";
  }
  if (isPromptKind(kind) && field === 'name') return 'letters, digits, `_` and `-`, 64 in all';
  if (kind === 'tune' && field === 'model' && path[0] === 'register') return id;
  if (typeof field === 'string' && Object.hasOwn(forms, field)) return forms[field];
  return undefined;
}

export function looksLikeModelPattern(pattern: string): boolean {
  return pattern.includes('embedded:');
}

/** Whether a model may be asked over a network: connections are, and registered versions where somebody serves them. */
export function mayBeServed(model: string): boolean {
  return isConnectionName(model) || model.startsWith('registry:');
}

/** Whether a model's name is a connection's: it has none of the prefixes of the workbench's own models. */
export function isConnectionName(model: string): boolean {
  return !model.includes(':');
}

interface NameFault {
  readonly message: string;
  readonly suggestion: string | undefined;
}

/** Why `name` cannot be a model's name in this kind of file. */
export function expectedModelName(kind: DocumentKind, name: string): NameFault {
  return faultOfPrefix(name) ?? (kind === 'tune' ? faultOfBase(name) : faultOfModel(name));
}

/** Why a name with the prefix of a trained model is none. */
function faultOfPrefix(name: string): NameFault | undefined {
  if (/^checkpoint:/i.test(name)) {
    const suggestion = lowerPrefix(name, 'checkpoint:');
    const message = `\`${name}\` names no checkpoint.${askDidYouMean(suggestion)} Write \`checkpoint:\` and a tuning job's name or run id, where wanted with \`@best\`, \`@last\` or \`@\` and an epoch.`;
    return { message, suggestion };
  }
  if (/^registry:/i.test(name)) {
    const suggestion = lowerPrefix(name, 'registry:');
    const message = `\`${name}\` names no registered version.${askDidYouMean(suggestion)} Write \`registry:MODEL@VERSION\`, such as \`registry:ticket-triage@3\` or \`registry:ticket-triage@candidate\`.`;
    return { message, suggestion };
  }
  if (/^hub:/i.test(name)) {
    const suggestion = lowerPrefix(name, 'hub:');
    const message = `\`${name}\` names no model of the hub.${askDidYouMean(suggestion)} Write \`hub:ORG/NAME\`, where wanted with \`@\` and a revision, such as \`hub:HuggingFaceTB/SmolLM2-135M-Instruct\`.`;
    return { message, suggestion };
  }
  if (/^folder:/i.test(name)) {
    const suggestion = lowerPrefix(name, 'folder:');
    const message = `\`${name}\` names no folder.${askDidYouMean(suggestion)} Write \`folder:\` and the folder of a Transformers model, relative to this file.`;
    return { message, suggestion };
  }
  const prefix = suggestWord(name.slice(0, name.indexOf(':') + 1), ['checkpoint:', 'registry:', 'hub:', 'folder:']);
  if (prefix === undefined || !name.includes(':')) return undefined;
  const suggestion = prefix + name.slice(name.indexOf(':') + 1);
  return { message: `\`${name}\` is no model's name.${askDidYouMean(suggestion)}`, suggestion };
}

function lowerPrefix(name: string, prefix: string): string | undefined {
  return name.startsWith(prefix) ? undefined : prefix + name.slice(prefix.length);
}

/** Tuning starts from weights, which few models here have. */
function faultOfBase(name: string): NameFault {
  const suggestion =
    name === 'linear' || /^embedded\b/i.test(name) ? trainableModel : suggestWord(name, [trainableModel]);
  const message = `No tuning can start from \`${name}\`.${askDidYouMean(suggestion)} Start from \`${trainableModel}\`, \`checkpoint:JOB\`, \`registry:MODEL@VERSION\`, \`hub:ORG/NAME\`, \`folder:PATH\` or \`service:MODEL\`.`;
  return { message, suggestion };
}

function faultOfModel(name: string): NameFault {
  const list = listWords(embeddedModelNames);
  if (/^embedded\b/i.test(name)) {
    const kind = suggestWord(
      name.slice(name.indexOf(':') + 1),
      embeddedModelNames.map(known => known.slice('embedded:'.length)),
    );
    const suggestion = kind === undefined ? undefined : `embedded:${kind}`;
    return {
      message: `There is no embedded model \`${name}\`.${askDidYouMean(suggestion)} Embedded models: ${list}.`,
      suggestion,
    };
  }
  const bare = embeddedModelNames.find(known => known === `embedded:${name}`);
  const suggestion = bare ?? suggestWord(name, embeddedModelNames);
  const message = `\`${name}\` is no model's name.${askDidYouMean(suggestion)} Use a connection's name from \`workbench.yaml\` (letters, digits, \`_\`, \`-\`), \`checkpoint:JOB\`, \`registry:MODEL@VERSION\`, \`hub:ORG/NAME\`, \`folder:PATH\` or an embedded model: ${list}.`;
  return { message, suggestion };
}
