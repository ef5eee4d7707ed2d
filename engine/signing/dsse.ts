import type { DsseEnvelope } from '../../schemas/generated/messages.ts';
import { decodeBase64, encodeBase64 } from '../base/base64.ts';
import type { SigningKey } from '../ports/signing.ts';

/** Type of an in-toto statement in an envelope. */
export const inTotoPayload = 'application/vnd.in-toto+json';

/**
 * What is signed: the pre-authentication encoding of the Dead Simple Signing Envelope, version 1:
 * `DSSEv1 SP LEN(type) SP type SP LEN(body) SP body`, lengths in bytes, decimal.
 */
export function encodeForSigning(payloadType: string, body: Uint8Array): Uint8Array {
  const type = new TextEncoder().encode(payloadType);
  const head = new TextEncoder().encode(`DSSEv1 ${type.length} ${payloadType} ${body.length} `);
  const bytes = new Uint8Array(head.length + body.length);
  bytes.set(head);
  bytes.set(body, head.length);
  return bytes;
}

/** Signs a text as an envelope. */
export function signText(payloadType: string, text: string, key: SigningKey): DsseEnvelope {
  const body = new TextEncoder().encode(text);
  const sig = encodeBase64(key.sign(encodeForSigning(payloadType, body)));
  return { payloadType, payload: encodeBase64(body), signatures: [{ keyid: key.keyId, sig }] };
}

/** An envelope's bytes and what its signatures must be over; undefined where its payload is no base64 as it is written. */
export function openEnvelope({ payload, payloadType, signatures }: DsseEnvelope) {
  const body = decodeExactly(payload);
  if (body === undefined) return undefined;
  return {
    body,
    signed: encodeForSigning(payloadType, body),
    signatures: signatures.map(({ keyid, sig }) => ({ keyId: keyid, bytes: decodeExactly(sig) ?? new Uint8Array() })),
  };
}

/** The last digit of base64 has bits that mean nothing: a text that differs in them alone was changed all the same. */
function decodeExactly(text: string): Uint8Array | undefined {
  const bytes = decodeBase64(text);
  return bytes !== undefined && encodeBase64(bytes) === text ? bytes : undefined;
}
