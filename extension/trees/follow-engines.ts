import type { Disposable } from '../base/emitter.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineSource } from '../engine/engine-source.ts';

/** Keeps one subscription to every engine there is, also to those of folders that are added later. Starts none. */
export function followEngines(engines: EngineSource, subscribe: (engine: Engine) => Disposable): Disposable {
  const subscriptions = new Map<Engine, Disposable>();
  function update(): void {
    const present = new Set(engines.all());
    for (const [engine, subscription] of subscriptions) {
      if (present.has(engine)) continue;
      subscription.dispose();
      subscriptions.delete(engine);
    }
    for (const engine of present) if (!subscriptions.has(engine)) subscriptions.set(engine, subscribe(engine));
  }
  update();
  const changes = engines.onChanged(update);
  return {
    dispose() {
      changes.dispose();
      for (const subscription of subscriptions.values()) subscription.dispose();
      subscriptions.clear();
    },
  };
}

/** Tells when an engine process answers again after `hasFailed`, which somebody had to see to. */
export function onEnginesBack(engines: EngineSource, hasFailed: () => boolean, listener: () => void): Disposable {
  return followEngines(engines, engine =>
    engine.onStateChanged(({ kind }) => {
      if (kind === 'ready' && hasFailed()) listener();
    }),
  );
}
