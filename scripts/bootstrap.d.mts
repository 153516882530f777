export function parseVersion(text: string): number[] | undefined;
export function atLeast(version: number[], floor: number[]): boolean;
export function refuseNode(version: string): string | undefined;
export function installDigest(dir: string): string;
export const tasks: Record<string, unknown>;
