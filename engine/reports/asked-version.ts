import type { ModelIdentity } from '../../schemas/generated/messages.ts';

/**
 * Whether a variant's figures say something of the version with this model digest: its weights answered here, or at an endpoint that was
 * found to serve them, or a person says so of results of another tool, and then whoever relies on it says whose word it is. Where nobody
 * could tell, the figures are shown and prove nothing.
 */
export function askedVersion(
  variant: { readonly modelDigest?: string; readonly identity?: ModelIdentity },
  modelDigest: string,
): boolean {
  const { identity } = variant;
  return (
    variant.modelDigest === modelDigest ||
    ((identity?.state === 'verified' || identity?.state === 'stated') && identity.modelDigest === modelDigest)
  );
}
