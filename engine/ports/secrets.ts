import { WorkbenchError } from '../base/errors.ts';

/** Where a secret's value comes from, as written in workbench.yaml. */
export type SecretReference =
  | { readonly env: string; readonly secret?: undefined; readonly command?: undefined; readonly identity?: undefined }
  | { readonly secret: string; readonly env?: undefined; readonly command?: undefined; readonly identity?: undefined }
  | { readonly command: string; readonly env?: undefined; readonly secret?: undefined; readonly identity?: undefined }
  /** A token for whoever runs this, from Microsoft Entra ID or from Google's application default credentials. */
  | {
      readonly identity: 'entra' | 'google';
      /** What the token of Entra is for; absent: Azure's AI services. */
      readonly resource?: AzureResource;
      readonly env?: undefined;
      readonly secret?: undefined;
      readonly command?: undefined;
    };

/** Azure Resource Manager of each cloud. */
export type AzureResource = 'management' | 'management-us-government' | 'management-china';

/** The reference a validated workbench.yaml holds: its schema lets exactly one of the three be there. */
export function toSecretReference(written: {
  readonly env?: string;
  readonly secret?: string;
  readonly command?: string;
}): SecretReference {
  if (written.env !== undefined) return { env: written.env };
  if (written.secret !== undefined) return { secret: written.secret };
  return { command: written.command ?? '' };
}

/**
 * Looks a secret up for use at one origin. The binding of secret to origin is checked here, once, for every host:
 * a workspace names both the key and the address, so an address that nobody vouched for is refused (`origin-not-allowed`).
 * Throws `secret-missing` or `secret-command-failed`. The value must never be stored, logged or put in an error.
 * Asked again for the same reference, it gives a fresh token where that is one that expires (a command's or an identity's).
 */
export interface Secrets {
  resolve(reference: SecretReference, origin: string, signal: AbortSignal): Promise<string>;
  /**
   * Whether prompts and rows may be sent, without any key, to an origin that a registry names: whoever may write into the registry chose
   * it. `served` is the registered version that it says is served there. Throws `origin-not-allowed`. Where this is absent nothing is
   * allowed.
   */
  requireOrigin?(origin: string, served: string, signal: AbortSignal): Promise<void>;
}

/** What is thrown where nobody has allowed an origin that a registry names. */
export function originNotAllowed(origin: string, served: string, remedy: string): WorkbenchError {
  return new WorkbenchError(
    'origin-not-allowed',
    `${served} is served at ${origin}, says its registry, and nobody has allowed that prompts and rows are sent there.`,
    { remedy },
  );
}
