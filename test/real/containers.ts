import assert from 'node:assert/strict';
import type { ContainerJob } from '../../engine/ports/containers.ts';
import { createContainers } from '../../platform/processes/containers.ts';
import { createPrograms } from '../../platform/processes/programs.ts';
import type { Checks } from './main.ts';
import { Unavailable } from './server.ts';

const { signal } = new AbortController();
const job: ContainerJob = {
  image: 'python:3.13-slim',
  command: ['python', '-'],
  input: '',
  timeout: 30_000,
  memory: 256,
};

/** Who it runs as, which networks it sees, and whether it can write outside its own folder. */
const looksAround = `import os
print(os.getuid())
print([line.split(':')[0].strip() for line in open('/proc/net/dev') if ':' in line])
try:
  open('/x', 'w')
  print('written')
except OSError:
  print('read-only')
`;

/** A real Docker or Podman: code runs as nobody, without a network, and is stopped in time. */
export async function checkContainers({ check }: Checks): Promise<void> {
  const containers = createContainers(createPrograms(([program]) => program === 'docker' || program === 'podman'));
  try {
    await containers.prepare({ image: job.image }, signal);
  } catch (error) {
    throw new Unavailable(String(error));
  }
  await check('code in a container is nobody and has no network', async () => {
    const { output, errors } = await containers.run({ ...job, input: looksAround }, signal);
    assert.equal(output, "65534\n['lo']\nread-only\n", errors);
  });
  await check('code in a container is stopped in time', async () => {
    const { timedOut } = await containers.run({ ...job, input: 'while True: pass', timeout: 500 }, signal);
    assert.equal(timedOut, true);
  });
}
