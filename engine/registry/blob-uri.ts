/** Where a blob is found, in artifacts. */
export function blobUri(digest: string): string {
  return `blob:sha256:${digest}`;
}
