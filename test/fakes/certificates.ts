import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A certificate authority made on the spot, for TLS tests. */
export interface Authority {
  /** PEM of the authority's own certificate. */
  readonly cert: string;
  /** A certificate for a DNS name or IPv4 address, with its private key, both PEM. */
  issue(host: string): { readonly cert: string; readonly key: string };
}

/** Writes X.509 v3 (RFC 5280) by hand over P-256 keys, so that the tests need no openssl command. Valid for one day. */
export function createAuthority(name: string): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = writeCertificate(name, own.publicKey, name, own.privateKey, [basicConstraints(true)]);
  return {
    cert,
    issue(host) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return {
        cert: writeCertificate(host, pair.publicKey, name, own.privateKey, [
          basicConstraints(false),
          alternativeName(host),
        ]),
        key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      };
    },
  };
}

function writeCertificate(
  subject: string,
  publicKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(objectId('2a8648ce3d040302')); // ecdsa-with-SHA256
  const now = Date.now();
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(issuer),
    sequence(time(now - 3_600_000), time(now + 86_400_000)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, issuerKey)]));
  const text = sequence(body, algorithm, signature)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')
    .trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function basicConstraints(isAuthority: boolean): Buffer {
  const value = isAuthority ? sequence(der(0x01, Buffer.from([0xff]))) : sequence();
  return sequence(objectId('551d13'), der(0x01, Buffer.from([0xff])), der(0x04, value));
}

function alternativeName(host: string): Buffer {
  const octets = host.split('.').map(Number);
  const isAddress = octets.length === 4 && octets.every(octet => octet >= 0 && octet < 256);
  const name = isAddress ? der(0x87, Buffer.from(octets)) : der(0x82, Buffer.from(host));
  return sequence(objectId('551d11'), der(0x04, sequence(name)));
}

function distinguishedName(name: string): Buffer {
  return sequence(der(0x31, sequence(objectId('550403'), der(0x0c, Buffer.from(name)))));
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
