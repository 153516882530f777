export function parseVersion(text: string): number[] | undefined;
export function atLeast(version: number[], floor: number[]): boolean;
export function refuseNode(version: string): string | undefined;
export function installDigest(dir: string): string;
export function main(argv: string[]): Promise<unknown>;
export const tasks: Record<string, unknown>;
