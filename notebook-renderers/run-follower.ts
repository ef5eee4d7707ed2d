import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Failure, HostToRenderer, RunOutput, RunSummary, SearchReport } from '../schemas/generated/messages.ts';
import { isActive } from '../webviews/shared/words.ts';
import type { OutputWire } from './output-wire.ts';

interface Subject {
  readonly wire: OutputWire | undefined;
  readonly runId: string | undefined;
}

/** Follows the run that an output shows, for as long as the output is there. VS Code tells what the output does not hold itself. */
export class RunFollower implements ReactiveController {
  /** The run as VS Code last told it. */
  run: RunSummary | undefined;
  /** Of a cell that searches, all its trials as VS Code last told them. */
  search: SearchReport | undefined;
  /** The output of the run that ended, where another window writes the notebook. */
  ended: RunOutput | undefined;
  /** Why the run cannot be followed any more. */
  failure: Failure | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #subject: () => Subject;
  #unlisten: (() => void) | undefined;

  constructor(host: ReactiveControllerHost, subject: () => Subject) {
    this.#host = host;
    this.#subject = subject;
    host.addController(this);
  }

  hostConnected(): void {
    const { wire, runId } = this.#subject();
    if (wire === undefined || runId === undefined) return;
    this.#unlisten = wire.listen(message => {
      if (this.#take(message, runId)) this.#host.requestUpdate();
    });
    wire.post({ type: 'watch', runId });
  }

  hostDisconnected(): void {
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  /** Whether the message changed anything. A failure that names no run concerns those under way. */
  #take(message: HostToRenderer, runId: string): boolean {
    switch (message.type) {
      case 'run':
        if (message.run.id !== runId) return false;
        this.run = message.run;
        this.failure = undefined;
        // It was taken for lost, or is resumed.
        if (isActive(message.run.state)) this.ended = undefined;
        return true;
      case 'search':
        if (message.search.run.id !== runId) return false;
        this.search = message.search;
        return this.#take({ type: 'run', run: message.search.run }, runId);
      case 'output':
        if (message.output.runId !== runId) return false;
        this.ended = message.output;
        return true;
      case 'failure': {
        const isOurs =
          message.runId === undefined ? this.run !== undefined && isActive(this.run.state) : message.runId === runId;
        if (isOurs) this.failure = message.failure;
        return isOurs;
      }
      default:
        return false;
    }
  }
}
