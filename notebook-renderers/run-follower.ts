import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Failure, HostToRenderer, RunSummary } from '../schemas/generated/messages.ts';
import type { OutputWire } from './output-wire.ts';

/** How an output stands to VS Code: nobody listens, nothing was heard yet, the run is known, it is not there, nobody answers. */
export type Standing = 'alone' | 'asking' | 'known' | 'missing' | 'silent';

/** What listens has answered by then, or does not know us. */
const patienceMs = 5000;

interface Subject {
  readonly wire: OutputWire | undefined;
  readonly runId: string | undefined;
}

/** Follows the run that an output shows, for as long as the output is there. */
export class RunFollower implements ReactiveController {
  standing: Standing = 'alone';
  /** The run as VS Code last told it. */
  run: RunSummary | undefined;
  /** Why the run cannot be followed, or what went wrong with it. */
  failure: Failure | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #subject: () => Subject;
  #unlisten: (() => void) | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, subject: () => Subject) {
    this.#host = host;
    this.#subject = subject;
    host.addController(this);
  }

  /** Whether VS Code can be asked about the run. */
  get isAnswered(): boolean {
    return this.standing === 'known' || this.standing === 'asking';
  }

  hostConnected(): void {
    const { wire, runId } = this.#subject();
    if (wire === undefined || runId === undefined) return;
    this.standing = 'asking';
    this.#unlisten = wire.listen(message => this.#receive(message, runId));
    wire.post({ type: 'watch', runId });
    this.#patience = setTimeout(() => {
      this.standing = 'silent';
      this.#host.requestUpdate();
    }, patienceMs);
  }

  hostDisconnected(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
    clearTimeout(this.#patience);
  }

  #receive(message: HostToRenderer, runId: string): void {
    switch (message.type) {
      case 'run':
        if (message.run.id !== runId) return;
        this.standing = 'known';
        this.run = message.run;
        this.failure = undefined;
        break;
      case 'missing':
        if (message.runId !== runId) return;
        this.standing = 'missing';
        this.failure = message.failure;
        break;
      default:
        return;
    }
    clearTimeout(this.#patience);
    this.#host.requestUpdate();
  }
}
