import type { ModelIdentity } from '../../schemas/generated/messages.ts';

/**
 * Whether a variant's figures say something of the version with this model digest: its weights answered here, or at an endpoint that was
 * found to serve them. Where nobody could tell, the figures are shown and prove nothing.
 */
export function askedVersion(
  variant: { readonly modelDigest?: string; readonly identity?: ModelIdentity },
  modelDigest: string,
): boolean {
  const { identity } = variant;
  return (
    variant.modelDigest === modelDigest || (identity?.state === 'verified' && identity.modelDigest === modelDigest)
  );
}
