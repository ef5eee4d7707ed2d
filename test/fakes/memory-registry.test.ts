import { createMemoryRegistry } from './memory-registry.ts';
import { itKeepsTheRegistryContract } from './registry-contract.ts';

describe('the registry in memory that tests use', () => {
  itKeepsTheRegistryContract(() => createMemoryRegistry());
});
