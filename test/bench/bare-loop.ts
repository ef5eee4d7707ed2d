// The yardstick: the same requests as plainly as they can be sent. undici's Pool, one request a connection at a time, body read whole.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Pool } from 'undici';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    rows: { type: 'string' },
    connections: { type: 'string', default: '64' },
    stream: { type: 'boolean', default: false },
  },
});
const connections = Number(values.connections);
const bodies = readFileSync(values.rows ?? '', 'utf8')
  .trim()
  .split('\n')
  .map(line => {
    const { q } = JSON.parse(line) as { q: string };
    const stream = values.stream ? { stream: true, stream_options: { include_usage: true } } : { stream: false };
    return JSON.stringify({ model: 'fake', messages: [{ role: 'user', content: q }], ...stream });
  });
const { origin, pathname } = new URL(values.url ?? '');
const pool = new Pool(origin, { connections, pipelining: 1 });
let next = 0;
let bytes = 0;

async function work(): Promise<void> {
  for (let at = next++; at < bodies.length; at = next++) {
    const response = await pool.request({
      method: 'POST',
      path: `${pathname}/chat/completions`,
      headers: { 'content-type': 'application/json' },
      body: bodies[at] ?? '',
    });
    bytes += (await response.body.arrayBuffer()).byteLength;
  }
}

const start = performance.now();
await Promise.all(Array.from({ length: connections }, work));
const seconds = (performance.now() - start) / 1000;
await pool.close();
console.log(JSON.stringify({ rows: bodies.length, seconds, perSecond: bodies.length / seconds, bytes }));
