import type { HostToRenderer, RendererToHost } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import { engineOfRun } from '../runs/engine-of-run.ts';
import type { RunBook } from '../runs/run-book.ts';

/** What outputs ask, and that they do not need an answer any more. */
export type OutputQuestion = Extract<
  RendererToHost,
  { readonly type: 'samples' | 'wholeSample' | 'disagreements' | 'stop' }
>;
type Asked = Exclude<OutputQuestion, { readonly type: 'stop' }>;

export interface OutputQuestionParts {
  readonly book: Pick<RunBook, 'find'>;
  engineAt(folder: string): Engine | undefined;
  isTrusted(): boolean;
  /** False where nobody can take the message now. */
  post(message: HostToRenderer): boolean;
}

/** The questions of one notebook's outputs. What is still open when it is closed is given up. */
export interface OutputQuestions extends Disposable {
  /** Answers with the question's number, also when it fails. Never rejects. */
  receive(question: OutputQuestion): Promise<void>;
  /** Posts the answers that came while the notebook was behind another tab. */
  deliver(): void;
}

/** An output waits for a few answers at a time; a hundred outputs for one each. */
const mostOpen = 200;

export function createOutputQuestions(parts: OutputQuestionParts): OutputQuestions {
  const open = new Map<number, AbortController>();
  const kept: HostToRenderer[] = [];

  async function answer(question: Asked, signal: AbortSignal): Promise<HostToRenderer> {
    if (!parts.isTrusted()) throw new FailureError(untrusted());
    const { request } = question;
    const engine = await engineOfRun(runOf(question), parts.book, parts.engineAt);
    switch (question.type) {
      case 'samples':
        return { type: 'samples', request, page: await engine.request('samples/query', question.query, signal) };
      case 'wholeSample':
        return { type: 'wholeSample', request, row: await engine.request('samples/get', question.reference, signal) };
      case 'disagreements': {
        const page = await engine.request('samples/disagreements', question.query, signal);
        return { type: 'disagreements', request, page };
      }
    }
  }

  function post(message: HostToRenderer): void {
    if (!parts.post(message) && kept.length < mostOpen) kept.push(message);
  }

  return {
    async receive(question) {
      const { request } = question;
      if (question.type === 'stop') {
        open.get(request)?.abort();
        open.delete(request);
        return;
      }
      const asked = new AbortController();
      open.get(request)?.abort();
      open.set(request, asked);
      try {
        if (open.size > mostOpen) throw new FailureError(tooMany());
        const message = await answer(question, asked.signal);
        if (!asked.signal.aborted) post(message);
      } catch (error) {
        if (!asked.signal.aborted) post({ type: 'failure', request, failure: toFailure(error) });
      } finally {
        if (open.get(request) === asked) open.delete(request);
      }
    },
    deliver() {
      for (const message of kept.splice(0)) post(message);
    },
    dispose() {
      for (const asked of open.values()) asked.abort();
      open.clear();
    },
  };
}

function runOf(question: Asked): string | undefined {
  switch (question.type) {
    case 'samples':
      return question.query.runId;
    case 'wholeSample':
      return question.reference.runId;
    case 'disagreements':
      return question.query.runIds[0];
  }
}

/** Nothing of an untrusted workspace's store is read. */
function untrusted() {
  return {
    code: 'untrusted',
    message: t('This workspace is not trusted, so AI Workbench reads nothing from its store.'),
    remedy: t('Trust the workspace to see more than the notebook holds.'),
  };
}

function tooMany() {
  return {
    code: 'busy',
    message: t('The outputs of this notebook ask more than can be answered at once.'),
    remedy: t('Try again when the others are done.'),
  };
}
