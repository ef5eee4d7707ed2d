import type { Identity } from '../../schemas/generated/messages.ts';

/** Who acts. A local tool cannot prove it: identities are git's, and say that they are self-asserted. */
export interface Identities {
  /**
   * Git's `user.name` and `user.email` as configured for the folder (`GIT_AUTHOR_EMAIL` and `GIT_AUTHOR_NAME` win, as with git).
   * Throws `identity-missing` when no e-mail address is configured.
   */
  whoAmI(folder: string, signal: AbortSignal): Promise<Identity>;
}
