import type { Event, Nothing } from '../base/emitter.ts';
import type { Engine } from './engine.ts';

export interface EngineSource {
  all(): Engine[];
  readonly onChanged: Event<Nothing>;
}
