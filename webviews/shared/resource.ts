import type { ReactiveController, ReactiveControllerHost } from 'lit';

export type ResourceState<T> =
  | { readonly status: 'idle' | 'loading'; readonly value: T | undefined }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly value: T | undefined; readonly error: unknown };

/**
 * An asynchronous value of an element. A new `load` aborts the one before it, and an answer that comes late is dropped, so
 * what shows is always what was asked last. The former value stays while the next loads.
 */
export class Resource<T, Input> implements ReactiveController {
  state: ResourceState<T> = { status: 'idle', value: undefined };
  readonly #host: ReactiveControllerHost;
  readonly #fetch: (input: Input, signal: AbortSignal) => Promise<T>;
  #running: AbortController | undefined;

  constructor(host: ReactiveControllerHost, fetch: (input: Input, signal: AbortSignal) => Promise<T>) {
    this.#host = host;
    this.#fetch = fetch;
    host.addController(this);
  }

  async load(input: Input): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    this.#show({ status: 'loading', value: this.state.value });
    try {
      const value = await this.#fetch(input, running.signal);
      if (!running.signal.aborted) this.#show({ status: 'ready', value });
    } catch (error) {
      if (!running.signal.aborted) this.#show({ status: 'failed', value: this.state.value, error });
    }
  }

  hostDisconnected(): void {
    this.#running?.abort();
  }

  #show(state: ResourceState<T>): void {
    this.state = state;
    this.#host.requestUpdate();
  }
}
