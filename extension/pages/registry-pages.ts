import type {
  CardSummary,
  Evidence,
  HostToScorecardPage,
  HostToVersionPage,
  LineageGraph,
  ModelCard,
  ScorecardCommand,
  ScorecardPageToHost,
  ScorecardView,
  VersionCommand,
  VersionComparison,
  VersionPageToHost,
  VersionSource,
} from '../../schemas/generated/messages.ts';
import type { Disposable, Event, Nothing } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import { createThrottle } from '../base/throttle.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import { localRegistry, nameOfPlace, referenceTo } from '../registry/registry-book.ts';
import { createPageSession, type PageSession } from './page-session.ts';

/** A page is asked for anew at most this often, however many changes a command makes. */
const refreshIntervalMs = 250;

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

export interface AssessmentSubject {
  readonly folder?: string;
  readonly assessmentId: string;
}

interface RegistryPageParts<Out, Command> {
  /** The engines to ask, in order. */
  engines(folder: string | undefined): readonly Engine[];
  readonly onRegistryChanged: Event<Nothing>;
  post(message: Out): void;
  command(message: Command): Promise<void>;
  openEvidence(evidence: Evidence): Promise<void>;
  onTitle(title: string): void;
}

export type VersionPageParts = RegistryPageParts<HostToVersionPage, VersionCommand> & {
  readonly subject: VersionsSubject;
};

export type ScorecardPageParts = RegistryPageParts<HostToScorecardPage, ScorecardPageCommand> & {
  readonly subject: AssessmentSubject;
};

/** A button of the scorecard page, with the view it stands on. */
export interface ScorecardPageCommand {
  readonly message: ScorecardCommand;
  readonly view: ScorecardView;
  readonly folder: string;
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
    follow: refresh => followRegistry(parts.onRegistryChanged, refresh),
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

/** The page of an assessment in the store. */
export function createScorecardSession(parts: ScorecardPageParts): PageSession<ScorecardPageToHost> {
  const { assessmentId } = parts.subject;
  let shown: { view: ScorecardView; folder: string } | undefined;
  return createPageSession<ScorecardPageToHost, HostToScorecardPage>({
    async load(signal) {
      const { answer: view, engine } = await askFirst(parts.engines(parts.subject.folder), 'record-not-found', engine =>
        engine.request('assessments/get', { assessmentId }, signal),
      );
      shown = { view, folder: engine.folder };
      return { title: scorecardTitle(view), message: { type: 'scorecard', view } };
    },
    follow: refresh => followRegistry(parts.onRegistryChanged, refresh),
    async answer(message) {
      if (message.type === 'evidence') await parts.openEvidence(message.evidence);
      else if (shown !== undefined) await parts.command({ message, ...shown });
    },
    post: parts.post,
    onTitle: parts.onTitle,
  });
}

export function scorecardTitle({ scorecard: { record } }: ScorecardView): string {
  return t('Scorecard of {0}', `${record.subject.model}@${record.subject.version}`);
}

function followRegistry(onChanged: Event<Nothing>, refresh: () => void): Disposable {
  const throttle = createThrottle<'page', undefined>(refreshIntervalMs, refresh);
  const changes = onChanged(() => throttle.push('page', undefined));
  return {
    dispose() {
      changes.dispose();
      throttle.dispose();
    },
  };
}

/** The first engine's answer that has one; the next is asked only where the one before has nothing of that name. */
async function askFirst<T>(
  engines: readonly Engine[],
  notFound: string,
  ask: (engine: Engine) => Promise<T>,
): Promise<{ answer: T; engine: Engine }> {
  let last: unknown;
  for (const engine of engines) {
    try {
      return { answer: await ask(engine), engine };
    } catch (error) {
      if (toFailure(error).code !== notFound) throw error;
      last = error;
    }
  }
  if (last !== undefined) throw new FailureError(toFailure(last), last);
  throw new FailureError({
    code: 'untrusted',
    message: t('The registry cannot be read here.'),
    remedy: t('Open its folder and trust the workspace.'),
  });
}
