import type { S3Storage } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { elementOf, type StorageReply } from './client.ts';

interface Asked {
  readonly settings: S3Storage;
  readonly region: string;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly now: number;
}

/** What an error of S3 means for whoever wrote `workbench.yaml`. */
export function explainS3(
  { settings, region, now }: Asked,
  status: number,
  code: string | undefined,
  said: string,
  reply: StorageReply,
): WorkbenchError {
  const bucket = `the bucket ${settings.bucket}`;
  const detail = [`HTTP ${String(status)}`, code, said].filter(part => part !== undefined && part !== '').join(', ');
  const refuse = (message: string, remedy: string) =>
    new WorkbenchError('storage-refused', `${message} (${detail}).`, { remedy });
  const text = new TextDecoder().decode(reply.bytes);
  const actual = reply.headers['x-amz-bucket-region'] ?? elementOf(text, 'Region');
  const isElsewhere =
    status === 301 || status === 307 || code === 'AuthorizationHeaderMalformed' || code === 'PermanentRedirect';
  if (isElsewhere && actual !== undefined && actual !== region)
    return refuse(
      `The bucket ${settings.bucket} is in ${actual}, not in ${region}`,
      `Write \`region: ${actual}\` in workbench.yaml.`,
    );
  if (status >= 300 && status < 400)
    return refuse(
      `What answers for ${bucket} redirects`,
      'Give the final address as `endpoint`, and the bucket’s own region.',
    );
  switch (code) {
    case 'RequestTimeTooSkewed':
      return refuse(
        `This machine’s clock is ${skewOf(reply.headers['date'], now)} off`,
        'Set it right: signatures are bound to the time.',
      );
    case 'SignatureDoesNotMatch':
      return refuse(
        `The secret key for ${bucket} is not the access key’s`,
        'Check both, and that no proxy changes requests.',
      );
    case 'InvalidAccessKeyId':
      return refuse(
        `Nobody knows the access key for ${bucket}`,
        'Check it, and for temporary credentials give `sessionToken` too.',
      );
    case 'ExpiredToken':
    case 'InvalidToken':
      return refuse(`The session token for ${bucket} has expired`, 'Sign in again.');
    case 'NoSuchBucket':
      return refuse(`There is no bucket ${settings.bucket}`, 'Check its name and the endpoint.');
    case 'AccessDenied':
      return refuse(
        `The keys for ${bucket} may not do this`,
        'They need s3:ListBucket on the bucket and s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload on its objects.',
      );
  }
  if (status >= 500 || status === 429)
    return new WorkbenchError(
      'storage-unreachable',
      `The service behind ${bucket} failed again and again (${detail}).`,
      {
        remedy: 'Try again later.',
      },
    );
  return refuse(`The service behind ${bucket} refused`, 'Check bucket, keys and endpoint in workbench.yaml.');
}

function skewOf(date: string | undefined, now: number): string {
  const theirs = Date.parse(date ?? '');
  return Number.isNaN(theirs) ? 'too far' : `${String(Math.round(Math.abs(theirs - now) / 60_000))} minutes`;
}
