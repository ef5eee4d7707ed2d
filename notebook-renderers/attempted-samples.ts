import type { ReactiveControllerHost } from 'lit';
import type { Failure } from '../schemas/generated/messages.ts';
import { RequestFailed } from '../webviews/shared/requests.ts';
import type { SamplesSource } from '../webviews/shared/samples-source.ts';

/** Sorting a million rows takes a second or two; whoever has not answered by then is not there. */
const patienceMs = 8000;

/**
 * Samples of which nobody knows beforehand whether anybody has them: a run may have been deleted, its store be elsewhere, the workspace
 * not trusted. Tells once the first question failed, or found no answer.
 */
export class AttemptedSamples {
  /** Why none could be read; absent once any could. */
  failure: Failure | undefined;
  isSilent = false;
  readonly #host: Pick<ReactiveControllerHost, 'requestUpdate'>;
  #hasRead = false;
  #given: SamplesSource | undefined;
  #attempted: SamplesSource | undefined;

  constructor(host: Pick<ReactiveControllerHost, 'requestUpdate'>) {
    this.#host = host;
  }

  /** The same source for the same source, so that what reads from it goes on. */
  of(source: SamplesSource): SamplesSource {
    if (this.#attempted === undefined || this.#given !== source) {
      this.#given = source;
      this.#attempted = { ...source, samples: (query, signal) => this.#attempt(source.samples(query, signal)) };
    }
    return this.#attempted;
  }

  tryAgain(): void {
    this.failure = undefined;
    this.#host.requestUpdate();
  }

  async #attempt<T>(asked: Promise<T>): Promise<T> {
    const patience = setTimeout(() => this.#tell({ isSilent: true }), patienceMs);
    try {
      const answer = await asked;
      this.#hasRead = true;
      if (this.isSilent) this.#tell({ isSilent: false });
      return answer;
    } catch (error) {
      if (error instanceof RequestFailed && !this.#hasRead) this.#tell({ isSilent: false, failure: error.failure });
      throw error;
    } finally {
      clearTimeout(patience);
    }
  }

  #tell(change: { readonly isSilent: boolean; readonly failure?: Failure }): void {
    this.isSilent = change.isSilent;
    this.failure = change.failure ?? this.failure;
    this.#host.requestUpdate();
  }
}
