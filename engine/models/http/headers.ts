/** Request headers by whether a stream is asked for; both objects are made once. */
export interface RequestHeaders {
  readonly plain: Readonly<Record<string, string>>;
  readonly stream: Readonly<Record<string, string>>;
}

/**
 * The headers of every request. `extra` are the connection's own; they cannot replace those the protocol or the credential needs.
 * `stream` is the media type a stream is asked for as.
 */
export function writeHeaders(
  extra: Readonly<Record<string, string>>,
  needed: Readonly<Record<string, string>> = {},
  credential: Readonly<Record<string, string>> = {},
): RequestHeaders {
  const shared: Record<string, string> = { 'user-agent': 'ai-workbench' };
  for (const [name, value] of Object.entries(extra)) shared[name.toLowerCase()] = value;
  shared['content-type'] = 'application/json';
  shared['accept-encoding'] = 'identity';
  for (const [name, value] of [...Object.entries(needed), ...Object.entries(credential)]) {
    shared[name.toLowerCase()] = value;
  }
  return {
    plain: { ...shared, accept: 'application/json' },
    stream: { ...shared, accept: 'text/event-stream, application/x-ndjson' },
  };
}
