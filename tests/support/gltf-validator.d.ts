// The part of the Khronos validator that the tests use; the package brings no types.
declare module 'gltf-validator' {
  export interface Report {
    issues: { numErrors: number; numWarnings: number; numInfos: number; messages: { code: string; message: string; severity: number; pointer?: string }[] };
    info: Record<string, unknown>;
  }
  export function validateBytes(data: Uint8Array, options?: Record<string, unknown>): Promise<Report>;
  const validator: { validateBytes: typeof validateBytes };
  export default validator;
}
