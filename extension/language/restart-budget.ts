/** How often a server that dies may be started again within how many milliseconds. */
const mostRestarts = 4;
const periodMs = 3 * 60_000;

/** Says of a server that has died whether it may be started again; when it may not, it has died too often in a short time. */
export function createRestartBudget(now: () => number): { spend(): boolean } {
  let deaths: number[] = [];
  return {
    spend() {
      const time = now();
      deaths = [...deaths.filter(death => time - death < periodMs), time];
      return deaths.length <= mostRestarts;
    },
  };
}
