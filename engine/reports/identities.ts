import type { ModelIdentity } from '../../schemas/generated/messages.ts';
import { formatReference } from '../base/registry-reference.ts';

/** What readers of figures must know of registered versions that others served: a note a model. Empty where there was none. */
export function describeIdentities(identities: readonly ModelIdentity[]): string[] {
  return identities
    .filter(({ by }) => by !== 'weights')
    .map(({ name, state, sentence, by, at, registry, model, version }) => {
      if (by === 'person') return sentence;
      const meant = formatReference({ ...(registry === undefined ? {} : { registry }), model, version });
      const asked =
        by === 'connection' ? `by the connection ${at ?? ''}` : `at ${at ?? ''}, where its registry says it is served`;
      return `${name} is ${meant}, answered ${asked}. Identity ${state}: ${sentence}`;
    });
}

/** Of each registered version once, in the order of the variants. */
export function identitiesOf(variants: readonly { readonly identity?: ModelIdentity | undefined }[]): ModelIdentity[] {
  const found = new Map<string, ModelIdentity>();
  for (const { identity } of variants) if (identity !== undefined) found.set(identity.name, identity);
  return [...found.values()];
}
