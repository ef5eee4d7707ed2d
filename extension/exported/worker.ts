import { createReadStream } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from '../base/failure.ts';
import { readRunFile } from './read-run-file.ts';
import { createRunFileRows, type RunFileRows } from './run-file-rows.ts';
import type { OpenedRunFile, WorkerReply, WorkerRequest, WorkerSource } from './worker-protocol.ts';

/** A thread that reads one file and answers questions about its samples, so that the extension host is never kept from its work. */
const port = parentPort;
if (port === null) throw new Error('This file is a worker.');
const { source, name } = workerData as { source: WorkerSource; name: string };
let rows: RunFileRows | undefined;

port.on('message', ({ id, ask }: WorkerRequest) => {
  try {
    port.postMessage({ id, ...answerTo(ask) } satisfies WorkerReply);
  } catch (error) {
    port.postMessage({ id, failure: toFailure(error) } satisfies WorkerReply);
  }
});

try {
  port.postMessage({ id: 0, opened: await open() } satisfies WorkerReply);
} catch (error) {
  port.postMessage({ id: 0, failure: toFailure(error) } satisfies WorkerReply);
}

function answerTo(ask: WorkerRequest['ask']) {
  switch (ask.kind) {
    case 'samples':
      return { samples: rowsOf().samples(ask.query) };
    case 'sample':
      return { sample: rowsOf().sample(ask.reference) };
    case 'disagreements':
      return { disagreements: rowsOf().disagreements(ask.query) };
  }
}

async function open(): Promise<OpenedRunFile> {
  const { header, rows: read, isCut, read: count } = await readRunFile(chunksOf(source), name);
  if (header.report !== undefined) rows = createRunFileRows(header.report, read);
  const { report, tuning, exportedAt, workbench, samples } = header;
  return {
    ...(report === undefined ? {} : { report }),
    ...(tuning === undefined ? {} : { tuning }),
    facts: {
      name,
      ...(exportedAt === 0 ? {} : { exportedAt }),
      ...(workbench === '' ? {} : { workbench }),
      samples,
      ...(count === undefined ? {} : { read: count }),
      ...(isCut ? { isCut } : {}),
    },
  };
}

function rowsOf(): RunFileRows {
  if (rows === undefined) throw new Error('The file holds no samples.');
  return rows;
}

async function* chunksOf(from: WorkerSource): AsyncIterable<Uint8Array> {
  if ('bytes' in from) yield from.bytes;
  else yield* createReadStream(from.path, { highWaterMark: 2 ** 20 });
}
