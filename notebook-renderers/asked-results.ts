import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Failure, ShowResults } from '../schemas/generated/messages.ts';
import { RequestFailed } from '../webviews/shared/requests.ts';
import type { OutputWire } from './output-wire.ts';

/** Results that an output does not hold itself, asked of VS Code once for each edition of them. */
export class AskedResults implements ReactiveController {
  /** Why there are none. */
  failure: Failure | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #wire: () => OutputWire | undefined;
  #key: string | undefined;
  #results: ShowResults | undefined;
  #asking: AbortController | undefined;

  constructor(host: ReactiveControllerHost, wire: () => OutputWire | undefined) {
    this.#host = host;
    this.#wire = wire;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#asking?.abort();
    this.#asking = undefined;
    if (this.#results === undefined) this.#key = undefined;
  }

  /** The results of runs; undefined until they are here. Another `edition` asks anew and keeps the former ones meanwhile. */
  of(runIds: readonly string[], edition: string): ShowResults | undefined {
    const key = `${runIds.join(' ')} ${edition}`;
    const wire = this.#wire();
    if (key !== this.#key && wire !== undefined) {
      this.#key = key;
      this.#asking?.abort();
      this.#asking = new AbortController();
      void this.#ask(wire, [...runIds], this.#asking.signal);
    }
    return this.#results;
  }

  async #ask({ requests }: OutputWire, runIds: string[], signal: AbortSignal): Promise<void> {
    try {
      const answer = await requests.ask(request => ({ type: 'results', request, runIds }), signal);
      if (answer.type === 'results') this.#results = answer;
      this.failure = undefined;
    } catch (error) {
      if (signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      this.failure = error instanceof RequestFailed ? error.failure : { code: 'internal', message };
    }
    this.#host.requestUpdate();
  }
}
