import { runOnNode24 } from './node24.mjs';

await runOnNode24(new URL('./launcher/electron.ts', import.meta.url));
