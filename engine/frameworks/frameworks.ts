import { closestName } from '../base/suggest.ts';
import aiVerify from './data/ai-verify-2022.json' with { type: 'json' };
import euAiAct from './data/eu-ai-act-2024.json' with { type: 'json' };
import masFeat from './data/mas-feat-2018.json' with { type: 'json' };
import mitreAtlas from './data/mitre-atlas-2026.07.json' with { type: 'json' };
import nistAi600 from './data/nist-ai-600-1-2024.json' with { type: 'json' };
import nistAiRmf from './data/nist-ai-rmf-1.0.json' with { type: 'json' };
import owasp2025 from './data/owasp-llm-top10-2025.json' with { type: 'json' };
import owasp2026 from './data/owasp-llm-top10-2026.json' with { type: 'json' };
import sgAgentic from './data/sg-mgf-agentic-2026.json' with { type: 'json' };
import sgGenai from './data/sg-mgf-genai-2024.json' with { type: 'json' };

/** One thing a framework names. */
export interface FrameworkEntry {
  readonly id: string;
  /** The framework's own name for it, or our gist where `Framework.note` says so. */
  readonly name: string;
  /** What it belongs to: a tactic, a function, a category. */
  readonly group?: string;
  /** Ids it is related to in the way `Framework.relatedTitle` says. */
  readonly related?: readonly string[];
  /** What it is about; of built-in frameworks see `describeEntries`. */
  readonly description?: string;
}

/** What is known of one version of a framework. */
export interface FrameworkFacts {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly publisher: string;
  readonly license: string;
  /** Where ids and names come from, as far as they are not the framework's own. */
  readonly note: string;
  /** Where it is published. */
  readonly url?: string;
  /** The workspace's file that describes it, seen from its folder; absent for what is built in. */
  readonly file?: string;
  readonly relatedTitle?: string;
  /** The version whose ids `related` names; absent where it names ids of this one. */
  readonly predecessor?: string;
  readonly entries: readonly FrameworkEntry[];
  /** Names of ids that earlier versions had and this one has no more. */
  readonly retired: ReadonlyMap<string, string>;
  /** Ids of this version that took the place of retired ones, as far as one did. */
  readonly replacedBy: ReadonlyMap<string, string>;
}

/** One version of a framework: ids and names, and what its file says of them. */
export interface Framework extends FrameworkFacts {
  readonly byId: ReadonlyMap<string, FrameworkEntry>;
}

/** A framework with its ids indexed; of an id that stands twice, the first counts. */
export function createFramework(facts: FrameworkFacts): Framework {
  const byId = new Map<string, FrameworkEntry>();
  for (const entry of facts.entries) if (!byId.has(entry.id)) byId.set(entry.id, entry);
  return { ...facts, byId };
}

interface FrameworkFile {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  readonly publisher: string;
  readonly license: string;
  readonly note: string;
  readonly url?: string;
  readonly related?: string;
  readonly predecessor?: string;
  readonly retired?: Readonly<Record<string, string>>;
  readonly replacedBy?: Readonly<Record<string, string>>;
  /** Id, name, group (may be empty), related ids with spaces between. */
  readonly entries: readonly (readonly string[])[];
}

const sources: readonly FrameworkFile[] = [
  aiVerify,
  euAiAct,
  masFeat,
  mitreAtlas,
  nistAi600,
  nistAiRmf,
  owasp2025,
  owasp2026,
  sgAgentic,
  sgGenai,
];

let loaded: readonly Framework[] | undefined;

/** Every version of every built-in framework, by id and version. */
export function listFrameworks(): readonly Framework[] {
  return (loaded ??= sources.map(readFramework));
}

/**
 * The entry that probably was meant by `written`: its id in another case or spacing or without its prefix, a near miss of
 * an id, or its name.
 */
export function suggestEntry(framework: Framework, written: string): FrameworkEntry | undefined {
  const wanted = fold(written);
  const { entries } = framework;
  const same = entries.find(({ id, name }) => fold(id) === wanted || fold(name) === wanted);
  if (same !== undefined) return same;
  const endings = wanted.length < 3 ? [] : entries.filter(({ id }) => fold(id).endsWith(wanted));
  if (endings.length === 1) return endings[0];
  const closest = closestName(written, [...framework.byId.keys()]);
  return closest === undefined ? undefined : framework.byId.get(closest);
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9.]/g, '');
}

function readFramework(file: FrameworkFile): Framework {
  const entries = file.entries.map(([entryId = '', name = '', group = '', related = '']): FrameworkEntry => ({
    id: entryId,
    name,
    ...(group !== '' && { group }),
    ...(related !== '' && { related: related.split(' ') }),
  }));
  const { id, version, title, publisher, license, note, url, predecessor, related: relatedTitle } = file;
  return createFramework({
    id,
    version,
    title,
    publisher,
    license,
    note,
    ...(url !== undefined && { url }),
    ...(relatedTitle !== undefined && { relatedTitle }),
    ...(predecessor !== undefined && { predecessor }),
    entries,
    retired: new Map(Object.entries(file.retired ?? {})),
    replacedBy: new Map(Object.entries(file.replacedBy ?? {})),
  });
}
