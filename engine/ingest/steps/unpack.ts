import { WorkbenchError } from '../../base/errors.ts';
import { Gate, unpackTar, unpackZip } from '../archive/unpack.ts';
import { placesOf } from '../places.ts';
import { fileSource } from '../scan/bytes.ts';
import { readParts } from './parts.ts';
import type { StepContext, StepOutcome } from './step.ts';

/** Bytes that may come out for each that went in. Weights shrink by a third at best, texts by ten. */
const ratio = 100;

/** Makes the model's folder out of what was fetched. An attempt that was broken off is begun anew. */
export async function unpackParts({ ingestion, ports, signal }: StepContext): Promise<StepOutcome> {
  const { files, quarantine } = ports;
  const { limits, reference } = ingestion.request;
  const places = placesOf(ingestion.id, ports);
  if ((await files.facts(places.parts)) === undefined)
    return {
      state: 'skipped',
      sentence: reference === true ? 'The files stay where they are.' : 'The files came as they are.',
    };
  const parts = await readParts(ingestion.id, ports, signal);
  const sizes = await Promise.all(
    parts.map(async ({ file }) => (await files.facts(files.resolve(places.download, file)))?.size),
  );
  await quarantine.remove(places.content);
  const packedBytes = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const gate = new Gate(ingestion.source.address, packedBytes, { bytes: limits.bytes, files: limits.files, ratio });
  let packed = 0;
  for (const [index, { file, packing, name }] of parts.entries()) {
    signal.throwIfAborted();
    const path = files.resolve(places.download, file);
    const size = sizes[index];
    if (size === undefined)
      throw new WorkbenchError('file-not-found', `${path} is gone.`, {
        remedy: 'Somebody removed it from quarantine: take the model in anew.',
        place: { path },
      });
    if (packing === 'raw') {
      const inside = gate.admit(name, 'file');
      gate.count(size);
      // Under both names, so that a kill in the middle can begin anew without fetching again.
      await quarantine.link(path, files.resolve(places.content, inside));
      continue;
    }
    packed += 1;
    if (packing === 'zip')
      await unpackZip(fileSource(files, path, size, signal), name, places.content, gate, ports, signal);
    else await unpackTar(files.stream(path, signal), packing === 'tar+gzip', places.content, gate, ports, signal);
  }
  return {
    state: 'done',
    sentence: packed === 0 ? 'The files came as they are.' : `${String(packed)} archives were unpacked.`,
  };
}
