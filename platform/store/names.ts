/** The database inside a store's folder. */
export const databaseName = 'store.db';
