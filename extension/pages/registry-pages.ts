import type {
  CardSummary,
  Evidence,
  HostToVersionPage,
  LineageGraph,
  ModelCard,
  VersionCommand,
  VersionComparison,
  VersionPageToHost,
  VersionSource,
} from '../../schemas/generated/messages.ts';
import type { Event, Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import { localRegistry, nameOfPlace, referenceTo } from '../registry/registry-book.ts';
import { askFirst } from './ask-first.ts';
import { followChanges } from '../base/follow-changes.ts';
import { createPageSession, type PageSession } from './page-session.ts';

/** A version by name; `registry` is absent for the local one's. */
export interface VersionReference {
  readonly registry?: string;
  readonly model: string;
  readonly version: string;
}

export interface VersionsSubject {
  /** Absent when the page came back after a reload: then every folder's registry is asked. */
  readonly folder?: string;
  readonly versions: readonly VersionReference[];
}

export interface VersionPageParts {
  readonly subject: VersionsSubject;
  /** The engines to ask, in order. */
  engines(folder: string | undefined): readonly Engine[];
  readonly onRegistryChanged: Event<Nothing>;
  post(message: HostToVersionPage): void;
  command(message: VersionCommand): Promise<void>;
  openEvidence(evidence: Evidence): Promise<void>;
  onTitle(title: string): void;
}

/** The page of a model version, or several side by side. */
export function createVersionSession(parts: VersionPageParts): PageSession<VersionPageToHost> {
  const { versions } = parts.subject;
  return createPageSession<VersionPageToHost, HostToVersionPage>({
    async load(signal) {
      const { answer: comparison, engine } = await askFirst(
        parts.engines(parts.subject.folder),
        'registry-not-found',
        engine => askVersions(engine, versions, signal),
      );
      const [sources, more] = await Promise.all([
        askSources(engine, comparison, signal),
        askMore(engine, versions, signal),
      ]);
      const message = {
        type: 'versions' as const,
        comparison,
        ...(sources.length === 0 ? {} : { sources }),
        ...more,
      };
      return { title: versionsTitle(versions), message };
    },
    follow: refresh => followChanges(parts.onRegistryChanged, refresh),
    async answer(message) {
      if (message.type === 'command') await parts.command(message);
      else await parts.openEvidence(message.evidence);
    },
    post: parts.post,
    onTitle: parts.onTitle,
  });
}

async function askVersions(
  engine: Engine,
  versions: readonly VersionReference[],
  signal: AbortSignal,
): Promise<VersionComparison> {
  const [first] = versions;
  if (versions.length > 1)
    return await engine.request('registry/compare', { references: versions.map(referenceTo) }, signal);
  if (first === undefined) throw new FailureError({ code: 'usage', message: t('No version was chosen.') });
  return {
    versions: [await engine.request('registry/version', referenceTo(first), signal)],
    figures: [],
    settings: [],
  };
}

/** As many versions of a model as are looked through for the page of one. */
const mostRows = 1_000;

/** Where the versions of other registries lie, as far as that is known without asking them. */
async function askSources(
  engine: Engine,
  { versions }: VersionComparison,
  signal: AbortSignal,
): Promise<VersionSource[]> {
  const elsewhere = versions.flatMap(({ version: { registry, model, version } }) =>
    registry === undefined || registry === localRegistry ? [] : [{ registry, model, version }],
  );
  if (elsewhere.length === 0) return [];
  const { registries } = await engine.request('registries/list', {}, signal);
  const sources = await Promise.all(
    elsewhere.map(async ({ registry, model, version }): Promise<VersionSource[]> => {
      const entry = registries.find(({ name }) => name === registry);
      if (entry === undefined) return [];
      const asked = { registry, model, archived: true, limit: mostRows };
      const { versions: rows } = await engine.request('registry/versions', asked, signal);
      const url = rows.find(row => row.version === version)?.url;
      return [{ model, version, registry: entry, ...(url === undefined ? {} : { url }) }];
    }),
  );
  return sources.flat();
}

/** Card and lineage of one version alone. What keeps them from being told keeps nobody from seeing the version. */
async function askMore(
  engine: Engine,
  versions: Parameters<typeof askVersions>[1],
  signal: AbortSignal,
): Promise<{ card?: CardSummary; lineage?: LineageGraph }> {
  const [first] = versions;
  if (first === undefined || versions.length > 1) return {};
  const [card, lineage] = await Promise.allSettled([
    engine.request('registry/card', referenceTo(first), signal),
    engine.request('registry/lineage', referenceTo(first), signal),
  ]);
  signal.throwIfAborted();
  return {
    ...(card.status === 'fulfilled' ? { card: summariseCard(card.value) } : {}),
    ...(lineage.status === 'fulfilled' ? { lineage: lineage.value } : {}),
  };
}

function summariseCard({ fields, completeness, digest, assessedDigest }: ModelCard): CardSummary {
  return {
    completeness,
    missing: fields.filter(field => field.required && field.state === 'missing').map(({ title }) => title),
    kept: digest !== undefined,
    ...(assessedDigest === undefined ? {} : { isAssessedOlder: true }),
  };
}

export function versionsTitle(versions: readonly VersionReference[]): string {
  const [first] = versions;
  if (versions.length === 1 && first !== undefined) return nameOfPlace(first);
  return t('Comparison of {0} versions', versions.length);
}
