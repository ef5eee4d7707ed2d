import { WorkbenchError } from '../../base/errors.ts';

/** Where a model is taken from, as the person wrote it. */
export type Source =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'http'; readonly url: string; readonly sha256?: string }
  | {
      readonly kind: 'oci';
      readonly origin: string;
      readonly repository: string;
      readonly tag?: string;
      readonly digest?: string;
    }
  | { readonly kind: 's3'; readonly bucket: string; readonly key: string };

/** Reads `PATH`, `https://…[#sha256=…]`, `oci://HOST/REPOSITORY[:TAG][@sha256:…]` or `s3://BUCKET/KEY`. Throws `usage`. */
export function parseSource(text: string): Source {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      if (text.trim() === '') throw unreadable(text, 'Name a folder, a file, or an address.');
      return { kind: 'path', path: text };
    case 'http':
    case 'https':
      return parseHttp(text);
    case 'oci':
      return parseOci(text);
    case 's3':
      return parseS3(text);
    default:
      throw unreadable(text, 'Models are taken from folders, files, https://, oci:// and s3://.');
  }
}

function parseHttp(text: string): Source {
  const [address = '', fragment = ''] = text.split('#');
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '')
    throw unreadable(text.replace(/\/\/[^/@]*@/, '//'), 'Write it as https://HOST/PATH, without credentials.');
  if (fragment === '') return { kind: 'http', url: url.href };
  const sha256 = /^sha256=([0-9a-f]{64})$/i.exec(fragment)?.[1]?.toLowerCase();
  if (sha256 === undefined) throw unreadable(text, 'Behind the # only sha256= and 64 hex digits may stand.');
  return { kind: 'http', url: url.href, sha256 };
}

function parseOci(text: string): Source {
  const match =
    /^oci:\/\/([A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?)\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      text.length > 600 ? '' : text,
    );
  if (match === null)
    throw unreadable(text, 'Write it as oci://HOST/REPOSITORY:TAG or oci://HOST/REPOSITORY@sha256:….');
  const [, host = '', repository = '', tag, digest] = match;
  const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::|$)/.test(host);
  return {
    kind: 'oci',
    origin: `${isLocal ? 'http' : 'https'}://${host}`,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

function parseS3(text: string): Source {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.{1,1024})$/.exec(text);
  if (match === null) throw unreadable(text, 'Write it as s3://BUCKET/KEY; a key that ends in / is a folder.');
  const [, bucket = '', key = ''] = match;
  return { kind: 's3', bucket, key };
}

function unreadable(text: string, remedy: string): WorkbenchError {
  return new WorkbenchError('usage', `"${text.slice(0, 200)}" is no source of a model.`, { remedy });
}

/** A name for a model taken from here, for when none was given. */
export function nameFromSource(source: Source): string {
  const path =
    source.kind === 'path'
      ? source.path
      : source.kind === 'http'
        ? new URL(source.url).pathname
        : source.kind === 'oci'
          ? source.repository
          : source.key;
  const last =
    path
      .split(/[\\/]/)
      .filter(part => part !== '')
      .at(-1) ?? '';
  const bare = last.replace(/\.(?:safetensors|gguf|onnx|pt|pth|bin|zip|tar|tar\.gz|tgz|keras|h5|pkl|joblib)$/i, '');
  return bare
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
}
