import type {
  AssessmentSummary,
  DueItem,
  Evidence,
  HostToScorecardPage,
  ScorecardCommand,
  ScorecardPageToHost,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import { disposeAll, type Event, type Nothing } from '../base/emitter.ts';
import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import { excerptOf } from './excerpt.ts';
import { askFirst } from './ask-first.ts';
import { followChanges } from '../base/follow-changes.ts';
import { createPageSession, type PageSession } from './page-session.ts';

export interface AssessmentSubject {
  readonly folder?: string;
  readonly assessmentId: string;
}

/** A button of the scorecard page, with the view it stands on. */
export interface ScorecardPageCommand {
  readonly message: ScorecardCommand;
  readonly view: ScorecardView;
  readonly folder: string;
}

export interface ScorecardPageParts {
  readonly subject: AssessmentSubject;
  /** The engines to ask, in order. */
  engines(folder: string | undefined): readonly Engine[];
  readonly onRegistryChanged: Event<Nothing>;
  /** A run started, ended or changed its state: evidence may have arrived. */
  readonly onRunsChanged: Event<Nothing>;
  post(message: HostToScorecardPage): void;
  command(message: ScorecardPageCommand): Promise<void>;
  openEvidence(evidence: Evidence): Promise<void>;
  onTitle(title: string): void;
}

/** What is told of an assessment beside its record. */
interface Extras {
  readonly preview?: NonNullable<ScorecardView['preview']>;
  readonly due?: DueItem[];
}

/**
 * The page of an assessment in the store. The record shows at once; what has arrived since and what waits for somebody follow as soon as
 * they are known, and again whenever runs or records change.
 */
export function createScorecardSession(parts: ScorecardPageParts): PageSession<ScorecardPageToHost> {
  const { assessmentId } = parts.subject;
  let shown: { view: ScorecardView; engine: Engine } | undefined;
  let extras: Extras = {};
  let looking: AbortController | undefined;

  function message(view: ScorecardView): HostToScorecardPage {
    const { preview, due } = extras;
    return {
      type: 'scorecard',
      view: preview === undefined ? view : { ...view, preview },
      ...(due === undefined ? {} : { due }),
    };
  }

  /** The newest question counts; one that fails keeps nobody from seeing the record. */
  async function lookAround(view: ScorecardView, engine: Engine, closed: AbortSignal): Promise<void> {
    if (closed.aborted) return;
    looking?.abort();
    looking = new AbortController();
    const signal = AbortSignal.any([closed, looking.signal]);
    const found = await askExtras(view, engine, signal);
    if (signal.aborted) return;
    const isNew = digestOf(found) !== digestOf(extras);
    extras = found;
    if (isNew) parts.post(message(view));
  }

  function requireShown(): { view: ScorecardView; engine: Engine } {
    if (shown !== undefined) return shown;
    throw new FailureError({ code: 'usage', message: t('There is no assessment to ask about yet.') });
  }

  return createPageSession<ScorecardPageToHost, HostToScorecardPage>({
    async load(signal) {
      const { answer: view, engine } = await askFirst(parts.engines(parts.subject.folder), 'record-not-found', one =>
        one.request('assessments/get', { assessmentId }, signal),
      );
      shown = { view, engine };
      const loaded = { title: scorecardTitle(view), message: message(view) };
      // After what is loaded has been shown.
      setImmediate(() => void lookAround(view, engine, signal));
      return loaded;
    },
    follow: refresh =>
      disposeAll(followChanges(parts.onRegistryChanged, refresh), followChanges(parts.onRunsChanged, refresh), {
        dispose: () => looking?.abort(),
      }),
    async answer(asked, signal) {
      switch (asked.type) {
        case 'evidence':
          await parts.openEvidence(asked.evidence);
          return;
        case 'command':
          if (shown !== undefined)
            await parts.command({ message: asked, view: shown.view, folder: shown.engine.folder });
          return;
        case 'compare': {
          const { request, before, after } = asked;
          const comparison = await requireShown().engine.request('assessments/compare', { before, after }, signal);
          parts.post({ type: 'comparison', request, comparison });
          return;
        }
        case 'controlHistory': {
          const { request, control } = asked;
          const query = { assessmentId, control };
          const history = await requireShown().engine.request('assessments/controlHistory', query, signal);
          parts.post({ type: 'controlHistory', request, history });
          return;
        }
        case 'documentText': {
          const { request, document, start, end } = asked;
          const text = await requireShown().engine.request('documents/text', { digest: document }, signal);
          parts.post({ type: 'documentText', request, excerpt: excerptOf(text, start, end) });
        }
      }
    },
    post: parts.post,
    onTitle: parts.onTitle,
  });
}

export function scorecardTitle({ scorecard: { record } }: ScorecardView): string {
  return t('Scorecard of {0}', `${record.subject.model}@${record.subject.version}`);
}

async function askExtras(view: ScorecardView, engine: Engine, signal: AbortSignal): Promise<Extras> {
  const { id, subject } = view.scorecard.record;
  const [preview, due] = await Promise.allSettled([
    isNewest(view) ? engine.request('assessments/preview', { assessmentId: id }, signal) : undefined,
    engine.request('governance/due', { model: subject.model }, signal),
  ]);
  const found = preview.status === 'fulfilled' ? preview.value?.preview : undefined;
  const items = due.status === 'fulfilled' ? due.value.items : undefined;
  return {
    ...(found === undefined ? {} : { preview: found }),
    ...(items === undefined ? {} : { due: items.filter(item => concerns(item, view)) }),
  };
}

/** All of it but when it was looked at. */
function digestOf({ preview, due }: Extras): string {
  return JSON.stringify([preview?.changes, preview?.open, due]);
}

/** Only the newest assessment of a version can be followed by another; an older one stays what it was. */
function isNewest({ scorecard, verification, history }: ScorecardView): boolean {
  const { id, subject } = scorecard.record;
  const newest: AssessmentSummary | undefined = history.find(({ version }) => version === subject.version);
  return verification.state === 'verified' && (newest === undefined || newest.id === id);
}

/** What waits at this version; what is of no version at all is shown elsewhere. */
function concerns({ model, version }: DueItem, { scorecard }: ScorecardView): boolean {
  const { subject } = scorecard.record;
  return model === subject.model && version === subject.version;
}
