import { HttpFailure } from '../../engine/ports/http.ts';
import type { HttpFault } from '../../engine/ports/http.ts';

interface Meaning {
  readonly fault: HttpFault;
  readonly words: string;
}

const meanings: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['ECONNREFUSED', { fault: 'refused', words: 'the connection was refused: nothing listens there' }],
  ['EHOSTUNREACH', { fault: 'refused', words: 'the host cannot be reached' }],
  ['EHOSTDOWN', { fault: 'refused', words: 'the host is down' }],
  ['ENETUNREACH', { fault: 'refused', words: 'the network cannot be reached' }],
  ['EADDRNOTAVAIL', { fault: 'refused', words: 'no local address is free for the connection' }],
  ['EACCES', { fault: 'refused', words: 'this machine does not permit the connection' }],
  ['EPERM', { fault: 'refused', words: 'this machine does not permit the connection' }],
  // Our own aborts never reach this table, so this one is a proxy that refused the tunnel.
  ['UND_ERR_ABORTED', { fault: 'refused', words: 'the proxy did not open a tunnel' }],
  ['ENOTFOUND', { fault: 'dns', words: 'the host name is unknown' }],
  ['EAI_AGAIN', { fault: 'dns', words: 'the host name could not be looked up just now' }],
  ['EAI_FAIL', { fault: 'dns', words: 'the host name could not be looked up' }],
  ['EAI_NODATA', { fault: 'dns', words: 'the host name has no address' }],
  ['ECONNRESET', { fault: 'reset', words: 'the connection was reset' }],
  ['ECONNABORTED', { fault: 'reset', words: 'the connection was broken off' }],
  ['EPIPE', { fault: 'reset', words: 'the other side closed the connection' }],
  ['UND_ERR_SOCKET', { fault: 'reset', words: 'the other side closed the connection' }],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', { fault: 'reset', words: 'the response ended before its announced length' }],
  ['HPE_INVALID_EOF_STATE', { fault: 'reset', words: 'the connection closed in the middle of the response' }],
  ['ETIMEDOUT', { fault: 'timeout', words: 'the connection timed out' }],
  ['UND_ERR_CONNECT_TIMEOUT', { fault: 'timeout', words: 'no connection was made in time' }],
  ['UND_ERR_HEADERS_TIMEOUT', { fault: 'timeout', words: 'no response began in time' }],
  ['UND_ERR_BODY_TIMEOUT', { fault: 'timeout', words: 'the response stopped arriving' }],
  ['UND_ERR_DESTROYED', { fault: 'aborted', words: 'the client was closed' }],
  ['UND_ERR_CLOSED', { fault: 'aborted', words: 'the client was closed' }],
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    { fault: 'tls', words: 'the server shows a self-signed certificate that is not trusted' },
  ],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    { fault: 'tls', words: 'the certificate chain ends in an authority that is not trusted' },
  ],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', { fault: 'tls', words: 'the certificate is signed by an unknown authority' }],
  ['UNABLE_TO_GET_ISSUER_CERT', { fault: 'tls', words: 'the certificate is signed by an unknown authority' }],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { fault: 'tls', words: 'the certificate is signed by an unknown authority' }],
  ['CERT_HAS_EXPIRED', { fault: 'tls', words: 'the certificate has expired' }],
  ['CERT_NOT_YET_VALID', { fault: 'tls', words: 'the certificate is not valid yet (check the clock)' }],
  ['CERT_REVOKED', { fault: 'tls', words: 'the certificate has been revoked' }],
  ['CERT_UNTRUSTED', { fault: 'tls', words: 'the certificate is not trusted' }],
  ['CERT_SIGNATURE_FAILURE', { fault: 'tls', words: 'the certificate carries a wrong signature' }],
  ['HOSTNAME_MISMATCH', { fault: 'tls', words: 'the certificate is for another host name' }],
  ['ERR_TLS_CERT_ALTNAME_INVALID', { fault: 'tls', words: 'the certificate is for another host name' }],
  ['UND_ERR_PRX_TLS', { fault: 'tls', words: "the proxy's certificate is for another host name" }],
  ['EPROTO', { fault: 'tls', words: 'no TLS connection could be agreed on (is this an http:// address?)' }],
  [
    'ERR_SSL_WRONG_VERSION_NUMBER',
    { fault: 'tls', words: 'the server does not speak TLS here (is this an http:// address?)' },
  ],
  [
    'ERR_SSL_PACKET_LENGTH_TOO_LONG',
    { fault: 'tls', words: 'the server does not speak TLS here (is this an http:// address?)' },
  ],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', { fault: 'tls', words: 'the server asks for a client certificate' }],
]);

/** Whatever undici or Node reported, as the engine's HttpFailure. The message never holds headers or bodies. */
export function toHttpFailure(error: unknown, origin: string): HttpFailure {
  if (error instanceof HttpFailure) return error;
  const codes = collectCodes(error, 0);
  for (const code of codes) {
    const meaning = meanings.get(code);
    if (meaning) return new HttpFailure(meaning.fault, `${origin}: ${meaning.words} (${code})`, error);
  }
  const tls = codes.find(
    code => code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code.startsWith('CERT_'),
  );
  if (tls) return new HttpFailure('tls', `${origin}: the TLS connection failed (${tls})`, error);
  const words = error instanceof Error && error.message ? error.message : 'the response is not valid HTTP';
  return new HttpFailure('protocol', `${origin}: ${words}${codes[0] ? ` (${codes[0]})` : ''}`, error);
}

/** Error codes from the outside in; Node wraps the failures of several addresses into one AggregateError. */
function collectCodes(error: unknown, depth: number): string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const codes: string[] = [];
  const { code } = error as { code?: unknown };
  if (typeof code === 'string') codes.push(code);
  if (error instanceof AggregateError) for (const inner of error.errors) codes.push(...collectCodes(inner, depth + 1));
  codes.push(...collectCodes(error.cause, depth + 1));
  return codes;
}
