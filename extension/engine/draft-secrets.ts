import type { SecretResponse } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';

/** Which credential is asked for, and where it lies. */
export interface Credential {
  readonly kind: 'secret' | 'env' | 'command' | 'identity';
  readonly name: string;
}

/** A credential that its person is just trying out at one origin. */
export interface DraftSecret {
  readonly credential: Credential;
  /** The only place it may go to. */
  readonly origin: string;
  /** A key that was typed and is not saved yet; in memory only. */
  readonly value?: string;
}

/**
 * What a person chose together in this window, a credential and the address it is for, while a connection is being made: nobody else named
 * either, so nothing is asked. Gone when the hold is let go.
 */
export interface DraftSecrets {
  hold(draft: DraftSecret): Disposable;
  find(credential: Credential, origin: string): Pick<SecretResponse, 'value'> | undefined;
}

export function createDraftSecrets(): DraftSecrets {
  const held = new Set<DraftSecret>();
  return {
    hold(draft) {
      const own = { ...draft };
      held.add(own);
      return { dispose: () => void held.delete(own) };
    },
    find({ kind, name }, origin) {
      for (const draft of held) {
        const { credential, value } = draft;
        if (credential.kind !== kind || credential.name !== name || draft.origin !== origin) continue;
        return value === undefined ? {} : { value };
      }
      return undefined;
    },
  };
}
