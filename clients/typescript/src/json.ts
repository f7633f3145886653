// What travels as JSON.

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | Fields;

/** A JSON object, such as a record. */
export interface Fields {
  [name: string]: Json;
}
