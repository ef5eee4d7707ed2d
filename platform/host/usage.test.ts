import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { createUsage } from './usage.ts';

describe('what a process uses', () => {
  it('only grows, and is told in seconds and bytes', () => {
    const usage = createUsage();
    const before = usage.read();
    // The resident set of a running Node is between 10 MB and 1 TB: kilobytes or pages taken for bytes would show.
    assert.ok(before.peakMemoryBytes >= process.memoryUsage.rss() * 0.5, String(before.peakMemoryBytes));
    assert.ok(before.peakMemoryBytes > 1e7 && before.peakMemoryBytes < 1e12, String(before.peakMemoryBytes));
    const { user, system } = process.cpuUsage();
    assert.ok(before.cpuSeconds > 0 && before.cpuSeconds <= (user + system) / 1e6);
    let work = 0;
    for (let index = 0; index < 3e6; index++) work += Math.sqrt(index);
    assert.ok(work > 0 && usage.read().cpuSeconds > before.cpuSeconds);
  });

  it('names the processors and the platform', () => {
    const { hardware } = createUsage();
    assert.ok(hardware.startsWith(`${cpus().length} × `), hardware);
    assert.ok(hardware.endsWith(`(${process.platform} ${process.arch})`), hardware);
    assert.doesNotMatch(hardware, /\s\s|×\s*\(/);
  });
});
