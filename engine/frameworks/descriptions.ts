import type { Framework, FrameworkEntry } from './frameworks.ts';

/** Our own sentences on the entries of a framework, by id. They are read when somebody looks at one. */
type Sentences = Readonly<Record<string, string>>;

const sources: Readonly<Record<string, () => Promise<{ readonly default: Sentences }>>> = {
  'ai-verify': () => import('./descriptions/ai-verify.json', { with: { type: 'json' } }),
  'eu-ai-act': () => import('./descriptions/eu-ai-act.json', { with: { type: 'json' } }),
  'mas-feat': () => import('./descriptions/mas-feat.json', { with: { type: 'json' } }),
  'mitre-atlas': () => import('./descriptions/mitre-atlas.json', { with: { type: 'json' } }),
  'nist-ai-600-1': () => import('./descriptions/nist-ai-600-1.json', { with: { type: 'json' } }),
  'nist-ai-rmf': () => import('./descriptions/nist-ai-rmf.json', { with: { type: 'json' } }),
  'owasp-llm-top10': () => import('./descriptions/owasp-llm-top10.json', { with: { type: 'json' } }),
  'sg-mgf-agentic': () => import('./descriptions/sg-mgf-agentic.json', { with: { type: 'json' } }),
  'sg-mgf-genai': () => import('./descriptions/sg-mgf-genai.json', { with: { type: 'json' } }),
};

const loaded = new Map<string, Promise<ReadonlyMap<string, string>>>();

/**
 * What an entry is about, in a sentence: what its file says, else our own words on that id of the framework, whichever version. Absent
 * where there is neither.
 */
export async function describeEntryText(
  { id }: Pick<Framework, 'id'>,
  entry: FrameworkEntry,
): Promise<string | undefined> {
  return entry.description ?? (await sentencesOf(id)).get(entry.id);
}

/** Our own sentences on a framework's ids; none for one that is not built in. */
export function sentencesOf(framework: string): Promise<ReadonlyMap<string, string>> {
  const known = loaded.get(framework) ?? load(framework);
  loaded.set(framework, known);
  return known;
}

async function load(framework: string): Promise<ReadonlyMap<string, string>> {
  const source = Object.hasOwn(sources, framework) ? sources[framework] : undefined;
  return new Map(source === undefined ? [] : Object.entries((await source()).default));
}
