import type { FailureClass } from '../../../schemas/generated/messages.ts';

/** What must come of one fault on any API. Two retries are allowed, so 3 attempts mean "tried again" and 1 means "final". */
export interface MatrixCase {
  readonly fault: string;
  /** Whether answers are streamed, whole, or both. */
  readonly streams: readonly boolean[];
  readonly expected: FailureClass;
  readonly attempts: number;
  /** What the message must say. */
  readonly words: RegExp;
}

const both = [false, true];
const streamed = [true];
const whole = [false];

/** Faults that every API must class alike. */
export const failureMatrix: readonly MatrixCase[] = [
  {
    fault: '429',
    streams: both,
    expected: 'rate-limit',
    attempts: 3,
    words: /^Rate limited by gpt \(HTTP 429: Rate limit reached\)/,
  },
  { fault: '429-quota', streams: whole, expected: 'rate-limit', attempts: 1, words: /no quota left.*billing/ },
  {
    fault: '500',
    streams: both,
    expected: 'server',
    attempts: 3,
    words: /The server of gpt failed \(HTTP 500: Internal error\)/,
  },
  { fault: '503', streams: whole, expected: 'server', attempts: 3, words: /HTTP 503/ },
  { fault: '408', streams: whole, expected: 'server', attempts: 3, words: /HTTP 408/ },
  { fault: '409', streams: whole, expected: 'server', attempts: 3, words: /HTTP 409/ },
  {
    fault: '400',
    streams: both,
    expected: 'client',
    attempts: 1,
    words: /rejected the request \(HTTP 400: messages\[0\]: is bad\)/,
  },
  { fault: '401', streams: whole, expected: 'client', attempts: 1, words: /HTTP 401.*Check the key/ },
  { fault: '403', streams: whole, expected: 'client', attempts: 1, words: /Check the key/ },
  { fault: '404', streams: whole, expected: 'client', attempts: 1, words: /The model does not exist/ },
  { fault: '422', streams: whole, expected: 'client', attempts: 1, words: /HTTP 422: / },
  { fault: 'echo-key', streams: whole, expected: 'client', attempts: 1, words: /You sent \[hidden\]/ },
  { fault: 'redirect', streams: both, expected: 'client', attempts: 1, words: /redirects to .*not followed/ },
  { fault: 'reset', streams: both, expected: 'network', attempts: 3, words: /connection to gpt broke/ },
  { fault: 'reset-mid', streams: both, expected: 'network', attempts: 3, words: /connection to gpt broke/ },
  { fault: 'close-mid', streams: both, expected: 'network', attempts: 3, words: /connection to gpt broke/ },
  {
    fault: 'hang',
    streams: both,
    expected: 'timeout',
    attempts: 1,
    words: /gpt gave no complete answer within 0\.15 s/,
  },
  { fault: 'hang-mid', streams: both, expected: 'timeout', attempts: 1, words: /within 0\.15 s/ },
  { fault: 'drip:20', streams: streamed, expected: 'timeout', attempts: 1, words: /within 0\.15 s/ },
  { fault: 'garbage', streams: whole, expected: 'malformed', attempts: 1, words: /not HTTP/ },
  { fault: 'bad-json', streams: both, expected: 'malformed', attempts: 1, words: /not JSON.*It begins: / },
  { fault: 'html', streams: both, expected: 'malformed', attempts: 1, words: /not JSON.*Please log in/ },
  { fault: 'other-json', streams: both, expected: 'malformed', attempts: 1, words: /JSON that is no / },
  { fault: 'list-json', streams: both, expected: 'malformed', attempts: 1, words: /JSON that is no / },
  { fault: 'gzip', streams: both, expected: 'malformed', attempts: 1, words: /compressed answer \(gzip\)/ },
  { fault: 'bad-event', streams: streamed, expected: 'malformed', attempts: 1, words: /event that is not JSON/ },
  { fault: 'other-event', streams: streamed, expected: 'malformed', attempts: 1, words: /event that is no / },
  { fault: 'error-in-stream', streams: streamed, expected: 'server', attempts: 3, words: /Engine died/ },
  { fault: 'error-in-body', streams: both, expected: 'server', attempts: 3, words: /Engine died/ },
  {
    fault: 'truncated',
    streams: streamed,
    expected: 'network',
    attempts: 3,
    words: /ended before its answer was complete/,
  },
  {
    fault: 'half-event',
    streams: streamed,
    expected: 'network',
    attempts: 3,
    words: /ended before its answer was complete/,
  },
  { fault: 'content-filter', streams: both, expected: 'refused', attempts: 1, words: /declined/ },
  { fault: 'huge:17', streams: both, expected: 'malformed', attempts: 1, words: /more than 16 MiB/ },
  { fault: 'endless-event', streams: streamed, expected: 'malformed', attempts: 1, words: /more than 16 MiB/ },
];
