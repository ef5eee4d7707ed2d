import type { ListedModel, ListedPrice, ProviderEntry } from '../../schemas/generated/messages.ts';
import type { Credential } from '../engine/draft-secrets.ts';

/** Where a connection's key comes from, as far as its person has said. */
export type KeyChoice =
  | { readonly kind: 'typed'; readonly value: string }
  | { readonly kind: 'saved' | 'env'; readonly name: string }
  | { readonly kind: 'identity'; readonly name: 'entra' | 'google' }
  | { readonly kind: 'none' };

/** US dollars, as workbench.yaml writes them. */
export type DraftPrice = ListedPrice & { readonly perMinute?: number };

/** What has been answered so far. Nothing of it is written anywhere before the last question. */
export interface Draft {
  readonly provider?: ProviderEntry;
  /** It answers on this machine without a key. */
  readonly isDetected?: boolean;
  readonly address?: string;
  /** How the key is to be given, before it is. */
  readonly keyKind?: KeyChoice['kind'];
  readonly key?: KeyChoice;
  /** As the endpoint knows it; of a lent one `vendor/family`. */
  readonly model?: string;
  readonly listed?: ListedModel;
  /** What else the provider's connections say, such as a program or where the answer stands in a reply. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly priceKind?: 'typed' | 'listed' | 'none';
  readonly price?: DraftPrice;
  readonly name?: string;
}

/** The draft as workbench.yaml would write it. `secret` is the name a typed key goes by. */
export function connectionOf(draft: Draft, secret: string): Record<string, unknown> {
  const { provider, address, model, details, price } = draft;
  if (provider === undefined) throw new Error('No provider is chosen yet.');
  const field = provider.address?.field;
  return {
    provider: provider.provider,
    ...(field === undefined || address === undefined || address === provider.address?.default
      ? {}
      : { [field]: address }),
    ...(model === undefined ? {} : modelFields(provider, model)),
    ...apiOf(draft),
    ...details,
    ...keyFields(draft, secret),
    ...(price === undefined ? {} : { price }),
  };
}

function modelFields({ provider }: ProviderEntry, model: string): Record<string, string> {
  if (provider !== 'vscode-lm') return { model };
  const at = model.indexOf('/');
  return at < 0 ? { family: model } : { vendor: model.slice(0, at), family: model.slice(at + 1) };
}

/** Models that answer no conversation are told by what the endpoint or their name says. */
export function apiOf({ provider, model = '', listed }: Draft): { api?: 'embeddings' | 'transcriptions' } {
  if (provider?.provider !== 'openai' && provider?.provider !== 'azure-openai') return {};
  if (listed?.embeds === true || /(?:^|[-_/.])(?:text-)?embed(?:ding|dings)?(?:[-_/.\d]|$)/i.test(model))
    return { api: 'embeddings' };
  return /(?:^|[-_/])(?:whisper|transcribe)(?:[-_/]|$)/i.test(model) ? { api: 'transcriptions' } : {};
}

function keyFields({ key }: Draft, secret: string): Record<string, unknown> {
  switch (key?.kind) {
    case 'typed':
      return { apiKey: { secret } };
    case 'saved':
      return { apiKey: { secret: key.name } };
    case 'env':
      return { apiKey: { env: key.name } };
    case 'identity':
      return { auth: key.name };
    case 'none':
    case undefined:
      return {};
  }
}

/** The credential a draft asks for, if any. */
export function credentialOf({ key }: Draft, secret: string): Credential | undefined {
  switch (key?.kind) {
    case 'typed':
      return { kind: 'secret', name: secret };
    case 'saved':
      return { kind: 'secret', name: key.name };
    case 'env':
      return { kind: 'env', name: key.name };
    case 'identity':
      return { kind: 'identity', name: key.name };
    case 'none':
    case undefined:
      return undefined;
  }
}

/** The only origin a draft's credential may go to. */
export function originOf({ provider, address = provider?.address?.default }: Draft): string | undefined {
  // What follows the host of a template may hold placeholders.
  const start = /^https?:\/\/[^/?#]+/i.exec(address ?? '')?.[0];
  return start !== undefined && URL.canParse(start) ? new URL(start).origin : undefined;
}

/** Whether an address is of this machine. */
export function isLocal(address: string): boolean {
  const host = URL.canParse(address) ? new URL(address).hostname : '';
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\./.test(host);
}

/** What a draft is called in questions, such as `OpenAI · gpt-4o`. */
export function titleOf({ provider, model }: Draft): string {
  return [provider?.title ?? '', model ?? ''].filter(part => part !== '').join(' · ');
}

/** The draft as if these had not been answered. */
export function without(draft: Draft, ...names: readonly (keyof Draft)[]): Draft {
  return Object.fromEntries(Object.entries(draft).filter(([name]) => !names.some(each => each === name)));
}
