import { z } from 'zod';
import { OWNERSHIPS, PLATFORMS } from '../../../domain/platform.ts';

/** A name in the database, as it is stored: it is quoted, so case counts. */
const Name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_$]{0,62}$/u, 'the name of a column');
const Table = z
  .string()
  .regex(/^([A-Za-z_][A-Za-z0-9_$]{0,62}\.)?[A-Za-z_][A-Za-z0-9_$]{0,62}$/u, 'table, or schema.table');

/** One asset database of your own. */
export const SqlSettings = z.strictObject({
  /** What kind of database it is. */
  dialect: z.enum(['postgresql']).default('postgresql'),
  /**
   * Connection string, with user and password: `postgresql://user:password@host:5432/assets?sslmode=verify-full`. A user who may
   * read the table, and update nothing but the columns that a closure writes.
   */
  url: z.string().regex(/^postgres(ql)?:\/\//u, 'a connection string such as postgresql://…'),
  /** The table of the assets, one row for each: `assets`, or `inventory.assets`. */
  table: Table,
  /** What is kept where. */
  columns: z.strictObject({
    /** Key of a row. It must never change. */
    id: Name,
    /** Serial number, in any spelling. */
    serial: Name,
    /** What becomes of the asset: one of `states`. */
    state: Name,
    /** Which columns name the holder, by what: at least one. A closure empties all of them. */
    holder: z
      .strictObject({
        /** Holds the person's employee number. */
        employeeNumber: Name.optional(),
        /** Holds the person's e-mail. Facts keep a digest of it, never the address. */
        workEmail: Name.optional(),
        /** Holds the person's id at a connected system. */
        externalId: Name.optional(),
      })
      .refine((holder) => Object.keys(holder).length > 0, 'names no column'),
    /** Where the certificate's id is kept, whole and alone. */
    reference: Name,
    /** Where the date of the final disposition is kept. */
    closedOn: Name.optional(),
    /**
     * Where our word for the outcome is kept besides, and compared when read back: `disposed`, `sold` …; once the vendor has
     * reported, what became of it instead: `destroyed`, `sold-domestic`, `exported`, `recycled`, `returned`, `sanitised`.
     */
    disposition: Name.optional(),
    /**
     * A column that changes with every change of the row, such as a version or a time. Left out, PostgreSQL's own (`xmin`),
     * for which the user must be allowed to read the whole table.
     */
    version: Name.optional(),
    /** A column that is not null once a record is removed. */
    removed: Name.optional(),
    /** Names the manufacturer. */
    manufacturer: Name.optional(),
    /** Names the model. */
    model: Name.optional(),
    /** Holds the asset tag. */
    assetTag: Name.optional(),
    /** Says the platform: in our words, or those of `platforms`. */
    platform: Name.optional(),
    /** Says whose property it is: in our words, or those of `ownerships`. */
    ownership: Name.optional(),
  }),
  /** The value of the state column for each outcome; several may share one. An outcome without one is refused. */
  states: z.strictObject({
    /** For what is disposed of. */
    disposed: z.string().min(1),
    /** For what is in stock. */
    inStock: z.string().min(1),
    /** For what is lost. */
    lost: z.string().min(1).optional(),
    /** For what went back to the lessor. */
    returnedToLessor: z.string().min(1).optional(),
    /** For what was sold to an employee. */
    sold: z.string().min(1).optional(),
    /** For what was lost and is back. */
    found: z.string().min(1).optional(),
    /** For what is kept, under a legal hold for instance. */
    retained: z.string().min(1).optional(),
    /** For what has left with the disposal vendor, until its row is closed. Left out: not said. */
    left: z.string().min(1).optional(),
    /** For what somebody uses, whether or not a holder is named. */
    inUse: z.string().min(1).optional(),
    /** Values that mean on its way somewhere, but not there yet. */
    pending: z.array(z.string().min(1)).default([]),
  }),
  /** The column that says whether an asset is still written off, and its value once that has ended: a text (`'true'`, `'ENDED'`); the empty one means null. */
  depreciation: z.strictObject({ column: Name, stopped: z.string() }).optional(),
  /** A table with a row for each software licence allocated to an asset: its key column of the asset, and the column with the date of its release, null while it is allocated. */
  licences: z.strictObject({ table: Table, asset: Name, released: Name }).optional(),
  /** What the values of the platform column mean. */
  platforms: z.record(z.string(), z.enum(PLATFORMS)).default({}),
  /** What the values of the ownership column mean. */
  ownerships: z.record(z.string(), z.enum(OWNERSHIPS)).default({}),
  /** Whose property an asset is where the database does not say. */
  ownershipUnsaid: z.enum(OWNERSHIPS).default('unknown'),
  /** Rows asked for at once. */
  pageSize: z.int().min(1).max(10_000).default(500),
  /** Milliseconds for one statement, waits for locks included. */
  timeLimitMs: z.int().positive().default(20_000),
  /** Most connections of one process. */
  connections: z.int().min(1).max(20).default(2),
});
export type SqlSettings = z.infer<typeof SqlSettings>;
