import type { SecretRequest, SecretResponse } from '../../schemas/generated/messages.ts';
import type { Credential, DraftSecrets } from './draft-secrets.ts';

/** What resolving a secret needs of the host. Values pass through it; they are never kept outside secret storage. */
export interface SecretDesk {
  read(name: string): Promise<string | undefined>;
  /** Asks for a secret that is not saved yet and saves it; absent when the user gives none. */
  askValue(name: string, origin: string): Promise<string | undefined>;
  askConsent(credential: Credential, origin: string): Promise<boolean>;
  /** Asks whether prompts and rows may go, without a key, to where a registry says that a version is served. */
  askDataConsent(served: string, origin: string): Promise<boolean>;
  hasConsent(key: string): boolean;
  saveConsent(key: string): Promise<void>;
}

/**
 * Answers the engine process's requests for secrets. A credential may go to its provider's own published origin; any
 * other origin is asked about once for each pair of credential and origin. A command is asked about wherever its
 * output goes, for the workspace names what is executed. The environment and commands are read by the engine process:
 * it only learns that it may. Whether data may go somewhere without a credential is asked once for each origin.
 */
export function createSecretResolver(
  desk: SecretDesk,
  drafts?: Pick<DraftSecrets, 'find'>,
): (request: SecretRequest) => Promise<SecretResponse> {
  const asking = new Map<string, Promise<boolean>>();

  async function isAllowed(credential: Credential, request: SecretRequest): Promise<boolean> {
    if (request.published && credential.kind !== 'command') return true;
    const { origin } = request;
    return isAgreed(consentKey(credential, origin), () => desk.askConsent(credential, origin));
  }

  /** Asks once, also where several runs need it at the same time. */
  async function isAgreed(key: string, askThem: () => Promise<boolean>): Promise<boolean> {
    if (desk.hasConsent(key)) return true;
    return await (asking.get(key) ?? ask(key, askThem));
  }

  function ask(key: string, askThem: () => Promise<boolean>): Promise<boolean> {
    const question = askThem()
      .then(async allowed => {
        if (allowed) await desk.saveConsent(key);
        return allowed;
      })
      .finally(() => asking.delete(key));
    asking.set(key, question);
    return question;
  }

  return async request => {
    const { served, origin } = request;
    if (served !== undefined)
      return { allowed: await isAgreed(`data → ${origin}`, () => desk.askDataConsent(served, origin)) };
    const credential = credentialOf(request);
    if (credential === undefined) return { allowed: false };
    const draft = drafts?.find(credential, request.origin);
    if (draft?.value !== undefined) return { allowed: true, value: draft.value };
    if (draft !== undefined && credential.kind === 'secret') return savedOnly(await desk.read(credential.name));
    if (draft !== undefined) return { allowed: true };
    if (!(await isAllowed(credential, request))) return { allowed: false };
    if (credential.kind !== 'secret') return { allowed: true };
    const value = (await desk.read(credential.name)) ?? (await desk.askValue(credential.name, request.origin));
    return value === undefined ? { allowed: true } : { allowed: true, value };
  };
}

/** The saved key; where there is none, the connection that is being made says so. */
function savedOnly(value: string | undefined): SecretResponse {
  return value === undefined ? { allowed: true } : { allowed: true, value };
}

/** What a consent is stored under: never the value, only the names of both ends. */
export function consentKey(credential: Credential, origin: string): string {
  return `${credential.kind}:${credential.name} → ${origin}`;
}

function credentialOf(request: SecretRequest): Credential | undefined {
  if (request.secret !== undefined) return { kind: 'secret', name: request.secret };
  if (request.env !== undefined) return { kind: 'env', name: request.env };
  if (request.command !== undefined) return { kind: 'command', name: request.command };
  if (request.identity !== undefined) return { kind: 'identity', name: request.identity };
  return undefined;
}
