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

/**
 * The digests of the versions that a variant's figures are added to: the model's own, and the registered one's where that is known to have
 * answered or where workbench.yaml says so. What a registry alone says of an endpoint makes no figure of its version.
 */
export function digestsAsked({ modelDigest, identity }: Parameters<typeof askedVersion>[0]): readonly string[] {
  const counts = identity?.state === 'verified' || identity?.by === 'connection';
  return [modelDigest, counts ? identity.modelDigest : undefined].filter(digest => digest !== undefined);
}
