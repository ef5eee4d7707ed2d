import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { HttpOptions } from '../../engine/ports/http.ts';

const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

let trusted: readonly string[] | undefined;

/** Node's own authorities (with NODE_EXTRA_CA_CERTS) and the operating system's; read once, it takes about 0.1 s. */
function readTrusted(): readonly string[] {
  trusted ??= [...new Set([...getCACertificates('default'), ...readSystem()])];
  return trusted;
}

function readSystem(): string[] {
  try {
    return getCACertificates('system');
  } catch {
    return []; // A system without a readable certificate store still has Node's own authorities.
  }
}

/** Checks every certificate of the options. Throws `tls-invalid`, saying which one cannot be read. */
export function checkCertificates(options: HttpOptions): void {
  options.extraCa?.forEach((pem, index) => checkAuthority(pem, index + 1));
  if (options.clientCertificate)
    contextOf({ cert: options.clientCertificate.cert, key: options.clientCertificate.key });
}

function checkAuthority(pem: string, position: number): void {
  const certificates = pem.match(block);
  if (!certificates) {
    throw new WorkbenchError('tls-invalid', `Extra certificate authority ${position} holds no PEM certificate.`, {
      remedy:
        'Give a text file with "-----BEGIN CERTIFICATE-----" blocks; convert DER with `openssl x509 -inform der`.',
    });
  }
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate);
    } catch (cause) {
      throw new WorkbenchError('tls-invalid', `Extra certificate authority ${position} cannot be read.`, {
        remedy: 'Export the certificate again as PEM.',
        cause,
      });
    }
  }
}

/**
 * The TLS settings of a client, made once: building them from some 800 authorities takes about 25 ms, too long for every
 * connection. `withClientCertificate` is false toward a proxy, which must not see it.
 */
export function createTlsContext(options: HttpOptions, withClientCertificate: boolean): SecureContext {
  const ca = [...readTrusted(), ...(options.extraCa ?? [])];
  return contextOf(withClientCertificate && options.clientCertificate ? { ca, ...options.clientCertificate } : { ca });
}

function contextOf(settings: { ca?: string[]; cert?: string; key?: string }): SecureContext {
  try {
    return createSecureContext(settings);
  } catch (cause) {
    // OpenSSL's words may quote the key file, so they stay in the cause.
    throw new WorkbenchError('tls-invalid', 'The client certificate or its private key cannot be read.', {
      remedy: 'Give both as unencrypted PEM, and the key that belongs to the certificate.',
      cause,
    });
  }
}
