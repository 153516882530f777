import pg from 'pg';

// int8 counts of ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export { pg };
