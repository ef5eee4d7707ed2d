import type { DocumentPath } from './diagnostic.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';

/** The names of the embedded models, as benchmarks write them. */
export const embeddedModelNames = ['embedded:majority', 'embedded:keyword', 'embedded:knn', 'embedded:linear'] as const;

/** What a text field must look like, in words; patterns are for machines. */
const forms: Readonly<Record<string, string>> = {
  budget: 'an amount in US dollars',
  maxErrorRate: 'a percentage',
  timeout: 'a duration in seconds or ISO 8601',
  baseUrl: 'an `http://` or `https://` address without user name, password or spaces',
  proxy: 'an `http://` or `https://` address without user name, password or spaces',
  env: 'the name of an environment variable (letters, digits and `_`), never the key itself',
  secret: 'the name a key was saved under (a letter first, then letters, digits, `_` and `-`), never the key itself',
};

export function expectedForm(path: DocumentPath): string | undefined {
  const field = path.at(-1);
  if (path.at(-2) === 'headers') return 'printable ASCII characters on one line';
  if (typeof field === 'string' && Object.hasOwn(forms, field)) return forms[field];
  return undefined;
}

export function looksLikeModelPattern(pattern: string): boolean {
  return pattern.includes('embedded:');
}

/** Why `name` cannot be a model's name. */
export function expectedModelName(name: string): { readonly message: string; readonly suggestion: string | undefined } {
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
  const message = `\`${name}\` is no model's name.${askDidYouMean(suggestion)} Use a connection's name from \`workbench.yaml\` (letters, digits, \`_\`, \`-\`) or an embedded model: ${list}.`;
  return { message, suggestion };
}
