import pg from 'pg';

// The driver as every pool of ours has it, by whatever way it is opened: int8 counts of ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export { pg };
