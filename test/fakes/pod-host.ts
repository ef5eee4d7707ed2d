import type { CloudHost, HostedMachine } from './cloud-host.ts';

/** Pods that run until they are ended; jobs train in none of them. */
export function createPodHost(): CloudHost & { readonly pods: HostedMachine[] } {
  const pods: HostedMachine[] = [];
  return {
    pods,
    make(name) {
      const pod: HostedMachine = { id: `pod${String(pods.length + 1)}`, name, createdAt: Date.now(), phase: 'running' };
      pods.push(pod);
      return pod;
    },
    list: () => pods,
    look: id => pods.find(pod => pod.id === id),
    terminate(id) {
      pods.splice(
        pods.findIndex(pod => pod.id === id),
        1,
      );
    },
  };
}
