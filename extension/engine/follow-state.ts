import type { Failure } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import type { Engine } from './engine.ts';

/** What a book does about the engine process it reads from. */
export interface EngineFollower {
  onFailed(failure: Failure): void;
  /** Whether the book shows a failure now, so that it has to be read again once the process is there. */
  hasFailed(): boolean;
  /** The process is back, and changes were missed while it was gone. */
  onBack(): void;
}

/** Follows an engine process through its failures and returns, until disposed. */
export function followEngineState(engine: Engine, follower: EngineFollower): Disposable {
  let wasReady = engine.state.kind === 'ready';
  return engine.onStateChanged(next => {
    if (next.kind === 'failed') follower.onFailed(next.failure);
    if (next.kind !== 'ready') return;
    if (wasReady || follower.hasFailed()) follower.onBack();
    wasReady = true;
  });
}
