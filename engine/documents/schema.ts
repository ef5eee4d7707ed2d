import bench from '../../schemas/files/bench.schema.json' with { type: 'json' };
export const x = bench.title;
