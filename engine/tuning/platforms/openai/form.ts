import { joinBytes } from '../../../base/join-bytes.ts';
import type { Digest } from '../../../ports/digest.ts';

/**
 * A form with one file (multipart/form-data, RFC 7578). The boundary is the file's own digest: it cannot occur in what it is the digest
 * of. Names and values must be free of quotes and line breaks.
 */
export function writeForm(
  fields: readonly (readonly [name: string, value: string])[],
  file: { readonly name: string; readonly content: Uint8Array; readonly mediaType: string },
  digest: Digest,
): { readonly body: Uint8Array; readonly contentType: string } {
  const encoder = new TextEncoder();
  const boundary = `aiwb-${digest.sha256(file.content).slice(0, 60)}`;
  const heads = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const disposition = `Content-Disposition: form-data; name="file"; filename="${file.name}"`;
  const before = `${heads.join('')}--${boundary}\r\n${disposition}\r\nContent-Type: ${file.mediaType}\r\n\r\n`;
  const body = joinBytes([encoder.encode(before), file.content, encoder.encode(`\r\n--${boundary}--\r\n`)]);
  return { body, contentType: `multipart/form-data; boundary=${boundary}` };
}
